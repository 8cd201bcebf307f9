/** Completions of the whole run, found by text, reward, verdict and end. */
import { useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { RolloutHit } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import { formatNumber, formatSigned, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { ChosenCompletion } from "../chosen-completion.tsx";
import { isNumber } from "./hit-filter.ts";
import type { HitFilter } from "./hit-filter.ts";
import { useHits } from "./use-hits.ts";

type Row = { readonly at: number; readonly hit: RolloutHit | undefined };

function oneLine(text: string): string {
  return visibleText(text.replaceAll(/\s+/gu, " "));
}

const wait = <span className="skeleton" style={{ width: "70%" }} />;

function column(
  id: string,
  header: ReactNode,
  track: string,
  numeric: boolean,
  cell: (hit: RolloutHit) => ReactNode,
): GridColumn<Row> {
  return {
    id,
    header,
    track,
    numeric,
    cell: ({ hit }) => (hit === undefined ? wait : cell(hit)),
  };
}

const COLUMNS: readonly GridColumn<Row>[] = [
  column("step", "Step", "64px", true, (hit) => formatNumber(hit.step)),
  column("group", "Prompt", "52px", true, (hit) => <span className="t3">{hit.group + 1}</span>),
  column("right", <span className="visually-hidden">Verdict</span>, "38px", false, (hit) => (
    <Glyph
      name={hit.correct ? "check" : "cross"}
      className={hit.correct ? "pass" : "fail"}
      label={hit.correct ? "right" : "wrong"}
    />
  )),
  column("reward", "Reward", "64px", true, (hit) => (
    <span className="med">{formatNumber(hit.reward, 2)}</span>
  )),
  column("advantage", "Adv.", "56px", true, (hit) => formatSigned(hit.advantage)),
  column("tokens", "Tokens", "60px", true, (hit) => (
    <span className={hit.finishReason === "length" ? "warn" : undefined}>
      {formatNumber(hit.tokens)}
      {hit.finishReason === "length" && <span className="visually-hidden"> cut</span>}
    </span>
  )),
  column("excerpt", "Text", "minmax(120px, 1fr)", false, (hit) => (
    <bdi className="mono" dir="ltr">
      {oneLine(hit.excerpt)}
    </bdi>
  )),
];

function Bound({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const bad = !isNumber(value);
  return (
    <input
      className={bad ? "input bound bad" : "input bound"}
      aria-label={label}
      aria-invalid={bad}
      title={bad ? "Not a number: nothing is bounded by it" : label}
      inputMode="decimal"
      placeholder={label.startsWith("Least") ? "from" : "to"}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function SearchPanel({ runId }: { readonly runId: RunId }): ReactNode {
  const [text, setText] = useFilter("text");
  const [minReward, setMinReward] = useFilter("min-reward");
  const [maxReward, setMaxReward] = useFilter("max-reward");
  const [showText, setShow] = useFilter("show", "all");
  const [cutText, setCut] = useFilter("cut");
  const show = showText === "right" || showText === "wrong" ? showText : "all";
  const cut = cutText === "only";
  const filter = useMemo(
    (): HitFilter => ({ text, minReward, maxReward, show, cut }),
    [text, minReward, maxReward, show, cut],
  );
  const hits = useHits(runId, filter);
  const [chosen, setChosen] = useState(0);
  const search = useRef<HTMLInputElement>(null);
  const rows = useMemo(() => hits.rows.map((hit, at): Row => ({ at, hit })), [hits.rows]);
  const at = Math.min(chosen, rows.length - 1);
  const hit = rows[at]?.hit;
  useCommands(
    useMemo(() => {
      const open = (): void => {
        if (hit === undefined) return;
        const query = {
          step: String(hit.step),
          group: String(hit.group),
          completion: String(hit.index),
        };
        navigate(hrefTo(["run", runId], query));
      };
      const command = (id: string, title: string, keys: string, run: () => void) => ({
        id: `run.${id}`,
        title,
        group: "This screen" as const,
        keys,
        run,
      });
      return [
        command("hit-next", "Next completion found", "J", () =>
          setChosen(Math.min(rows.length - 1, at + 1)),
        ),
        command("hit-previous", "Previous completion found", "K", () =>
          setChosen(Math.max(0, at - 1)),
        ),
        command("hit-open", "Go to its step and group", "Enter", open),
        {
          id: "run.hit-filter",
          title: "Search completions",
          group: "This screen" as const,
          keys: "/",
          run: () => search.current?.focus(),
        },
      ];
    }, [rows.length, at, hit, runId]),
  );
  return (
    <section className="completions" aria-label="Completions of the whole run">
      <div className="groups searchline">
        <label className="input filter grow">
          <span className="visually-hidden">Text in a completion or its prompt</span>
          <input
            ref={search}
            value={text}
            placeholder="Text in a completion or its prompt"
            spellCheck={false}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          />
          <KeyCaps keys="/" />
        </label>
        <span className="t3">Reward</span>
        <Bound label="Least reward" value={minReward} onChange={setMinReward} />
        <Bound label="Greatest reward" value={maxReward} onChange={setMaxReward} />
        <Segments
          slim
          label="Completions shown"
          value={show}
          onChange={setShow}
          segments={[
            { value: "all", label: "All" },
            { value: "right", label: "Right" },
            { value: "wrong", label: "Wrong" },
          ]}
        />
        <button
          type="button"
          className="btn small"
          aria-pressed={cut}
          onClick={() => setCut(cut ? "" : "only")}
        >
          Cut only
        </button>
        <span className="t3 nowrap" role="status">
          {hits.loaded ? plural(hits.total, "completion") : "searching"}
        </span>
      </div>
      {hits.failure !== undefined && <FailureNotice failure={hits.failure} />}
      {!hits.loaded && hits.failure === undefined && <SkeletonRows rows={5} />}
      {hits.loaded && hits.total === 0 && <Empty>No completion of this run matches.</Empty>}
      {hits.total > 0 && (
        <div className="cbx bt">
          <VirtualGrid
            label="Completions found"
            columns={COLUMNS}
            rows={rows}
            rowKey={(row) => String(row.at)}
            chosen={at}
            onChoose={setChosen}
            onSee={hits.see}
          />
          {hit === undefined ? (
            <div className="region" />
          ) : (
            <ChosenCompletion
              key={`${String(hit.step)} ${String(hit.group)} ${String(hit.index)}`}
              runId={runId}
              step={hit.step}
              group={hit.group}
              problemId={hit.problemId}
              rollout={hit}
            />
          )}
        </div>
      )}
    </section>
  );
}
