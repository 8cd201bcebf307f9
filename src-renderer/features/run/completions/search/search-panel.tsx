/** Completions of the whole run, found by text, reward, verdict and end. */
import { useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { RolloutHit } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { ChosenCompletion } from "../chosen-completion.tsx";
import { HIT_COLUMNS } from "./hit-columns.tsx";
import type { HitRow } from "./hit-columns.tsx";
import { SearchLine } from "./search-line.tsx";
import { useHitFilter } from "./use-hit-filter.ts";
import { useHits } from "./use-hits.ts";
import { screenCommands } from "#renderer/ui/screen-commands.ts";

/** Shows the completion in its step, among its group. */
function openInStep(runId: RunId, hit: RolloutHit): void {
  const query = { step: String(hit.step), group: String(hit.group), completion: String(hit.index) };
  navigate(hrefTo(["run", runId], query));
}

function ReadHit({
  runId,
  hit,
}: {
  readonly runId: RunId;
  readonly hit: RolloutHit | undefined;
}): ReactNode {
  if (hit === undefined) return <div className="region" />;
  return (
    <ChosenCompletion
      key={`${String(hit.step)} ${String(hit.group)} ${String(hit.index)}`}
      runId={runId}
      step={hit.step}
      group={hit.group}
      problemId={hit.problemId}
      rollout={hit}
    />
  );
}

export function SearchPanel({ runId }: { readonly runId: RunId }): ReactNode {
  const [filter, setFilter] = useHitFilter();
  const hits = useHits(runId, filter);
  const [chosen, setChosen] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const rows = useMemo(() => hits.rows.map((hit, at): HitRow => ({ at, hit })), [hits.rows]);
  const at = Math.min(chosen, rows.length - 1);
  const hit = rows[at]?.hit;
  useCommands(
    useMemo(() => {
      const command = screenCommands("run");
      return [
        command("hit-next", "Next completion found", "J", () =>
          setChosen(Math.min(rows.length - 1, at + 1)),
        ),
        command("hit-previous", "Previous completion found", "K", () =>
          setChosen(Math.max(0, at - 1)),
        ),
        command("hit-open", "Go to its step and group", "Enter", () => {
          if (hit !== undefined) openInStep(runId, hit);
        }),
        {
          id: "run.hit-filter",
          title: "Search completions",
          group: "This screen" as const,
          keys: "/",
          run: () => field.current?.focus(),
        },
      ];
    }, [rows.length, at, hit, runId]),
  );
  return (
    <section className="completions" aria-label="Completions of the whole run">
      <SearchLine
        filter={filter}
        set={setFilter}
        total={hits.loaded ? hits.total : undefined}
        field={field}
      />
      {hits.failure !== undefined && <FailureNotice failure={hits.failure} />}
      {!hits.loaded && hits.failure === undefined && <SkeletonRows rows={5} />}
      {hits.loaded && hits.total === 0 && <Empty>No completion of this run matches.</Empty>}
      {hits.total > 0 && (
        <div className="cbx bt">
          <VirtualGrid
            label="Completions found"
            columns={HIT_COLUMNS}
            rows={rows}
            rowKey={(row) => String(row.at)}
            chosen={at}
            onChoose={setChosen}
            onSee={hits.see}
          />
          <ReadHit runId={runId} hit={hit} />
        </div>
      )}
    </section>
  );
}
