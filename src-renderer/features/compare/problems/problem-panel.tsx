/** Two benchmarks problem by problem: the table of who solves what, the problems that decide it, and both answers on Enter. */
import { lazy, Suspense, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { ProblemComparison, ProblemFilter } from "#shared/schema/compare.ts";
import type { RunId } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { differenceText } from "#shared/comparison-text.ts";
import { formatNumber, formatP } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { ProblemTable } from "./problem-table.tsx";
import type { PairOption } from "./pair-options.ts";

const AnswersDialog = lazy(() =>
  import("./answers-dialog.tsx").then((module) => ({ default: module.AnswersDialog })),
);

const FILTERS: readonly { readonly value: ProblemFilter; readonly label: string }[] = [
  { value: "differ", label: "differ" },
  { value: "only-left", label: "only" },
  { value: "only-right", label: "only" },
  { value: "both", label: "both" },
  { value: "neither", label: "none" },
  { value: "all", label: "all" },
];

function asFilter(text: string): ProblemFilter {
  return FILTERS.find(({ value }) => value === text)?.value ?? "differ";
}

function countOf(found: ProblemComparison, filter: ProblemFilter): number {
  const { both, onlyLeft, onlyRight, neither } = found;
  switch (filter) {
    case "differ":
      return onlyLeft + onlyRight;
    case "only-left":
      return onlyLeft;
    case "only-right":
      return onlyRight;
    case "both":
      return both;
    case "neither":
      return neither;
    case "all":
      return both + onlyLeft + onlyRight + neither;
    default:
      return filter satisfies never;
  }
}

function PairSelect({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: RunId;
  readonly options: readonly PairOption[];
  readonly onChange: (runId: string) => void;
}): ReactNode {
  const tasks = new Set(options.map(({ task }) => task)).size;
  return (
    <select
      className="input"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {options.map(({ runId, model, task }) => (
        <option key={runId} value={runId}>
          {model.letter} {model.label}
          {tasks > 1 ? `, ${task}` : ""}
        </option>
      ))}
    </select>
  );
}

function TwoByTwo({
  found,
  left,
  right,
  k,
}: {
  readonly found: ProblemComparison;
  readonly left: string;
  readonly right: string;
  readonly k: number;
}): ReactNode {
  const { both, onlyLeft, onlyRight, neither, mcnemarP, versus, refusal } = found;
  return (
    <div className="twobytwo">
      <table>
        <caption className="visually-hidden">Problems that each of the two solves</caption>
        <thead>
          <tr>
            <th>
              <span className="visually-hidden">Problems</span>
            </th>
            <th className="num">{right} solves</th>
            <th className="num">{right} fails</th>
            <th className="num">all</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{left} solves</th>
            <td className="num">{both}</td>
            <td className="num decides">{onlyLeft}</td>
            <td className="num t3">{both + onlyLeft}</td>
          </tr>
          <tr>
            <th scope="row">{left} fails</th>
            <td className="num decides">{onlyRight}</td>
            <td className="num">{neither}</td>
            <td className="num t3">{onlyRight + neither}</td>
          </tr>
          <tr>
            <th scope="row">all</th>
            <td className="num t3">{both + onlyRight}</td>
            <td className="num t3">{onlyLeft + neither}</td>
            <td className="num t3">{both + onlyLeft + onlyRight + neither}</td>
          </tr>
        </tbody>
      </table>
      <p className="s11 t3">
        A problem counts as solved when at least half of its {formatNumber(k)} samples are right.
        Only the {onlyLeft + onlyRight} marked problems tell the two apart: {onlyLeft} against{" "}
        {onlyRight}, exact McNemar p {formatP(mcnemarP)}.
        {versus !== null &&
          ` All samples counted: ${differenceText(versus)}, p ${formatP(versus.p)}, not corrected.`}
        {refusal !== null && ` No verdict: ${refusal}.`}
      </p>
    </div>
  );
}

export function ProblemPanel({
  options,
  left,
  right,
  onPair,
  k,
}: {
  readonly options: readonly PairOption[];
  readonly left: PairOption;
  readonly right: PairOption;
  readonly onPair: (left: string, right: string) => void;
  readonly k: number;
}): ReactNode {
  const [showText, setShow] = useFilter("show", "differ");
  const [rowText, setRow] = useFilter("problem", "0");
  const [opened, setOpened] = useState(false);
  const show = asFilter(showText);
  const columns = useMemo(
    () => options.filter(({ task }) => task === left.task).slice(0, 6),
    [options, left.task],
  );
  const runIds = columns.map(({ runId }) => runId);
  const query = useQuery({
    key: `compare.problems:${runIds.join(",")}:${left.runId}:${right.runId}:${show}`,
    topics: ["results"],
    fetch: (signal) =>
      host.compare.problems(
        { runIds, left: left.runId, right: right.runId, show, limit: 2000 },
        { signal },
      ),
  });
  const rows = query.data?.rows ?? [];
  const at = Math.max(0, Math.min(rows.length - 1, Number(rowText) || 0));
  const problem = rows[at];
  useCommands(
    useMemo(
      () => [
        {
          id: "compare.next",
          title: "Next problem",
          group: "This screen" as const,
          keys: "J",
          run: () => setRow(String(Math.min(rows.length - 1, at + 1))),
        },
        {
          id: "compare.previous",
          title: "Previous problem",
          group: "This screen" as const,
          keys: "K",
          run: () => setRow(String(Math.max(0, at - 1))),
        },
        {
          id: "compare.answers",
          title: "Open both answers",
          group: "This screen" as const,
          keys: "Enter",
          notNow: problem === undefined ? "No problem is in this list." : undefined,
          run: () => setOpened(problem !== undefined),
        },
      ],
      [rows.length, at, problem, setRow],
    ),
  );
  const found = query.data;
  return (
    <section className="region problempanel" aria-label="Problem by problem">
      <div className="head">
        <h2>Problems</h2>
        <span className="end flex s12 pairpick">
          <PairSelect
            label="One side"
            value={left.runId}
            options={options}
            onChange={(id) => onPair(id, right.runId)}
          />
          <span className="t3">against</span>
          <PairSelect
            label="Other side"
            value={right.runId}
            options={options}
            onChange={(id) => onPair(left.runId, id)}
          />
        </span>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {found === undefined && query.failure === undefined && <SkeletonRows />}
      {found !== undefined && (
        <>
          <TwoByTwo found={found} left={left.model.letter} right={right.model.letter} k={k} />
          <div className="bt flex s12 problemfilter" role="group" aria-label="Problems shown">
            {FILTERS.map(({ value, label }) => (
              <button
                key={value}
                type="button"
                className={value === show ? "chip on" : "chip"}
                aria-pressed={value === show}
                onClick={() => {
                  setShow(value);
                  setRow("0");
                }}
              >
                {label}
                {value === "only-left" && ` ${left.model.letter}`}
                {value === "only-right" && ` ${right.model.letter}`} {countOf(found, value)}
              </button>
            ))}
          </div>
          {rows.length === 0 ? (
            <Empty>No problem is in this list. Choose another.</Empty>
          ) : (
            <ProblemTable
              rows={rows}
              columns={columns}
              pair={[left.runId, right.runId]}
              chosen={at}
              onChoose={(index) => setRow(String(index))}
              onOpen={() => setOpened(true)}
            />
          )}
          <div className="flex s11 t3 problemfoot">
            right samples of {formatNumber(k)} · {formatNumber(rows.length)} of{" "}
            {formatNumber(found.total)} <KeyCaps keys="J K" />
            <button
              type="button"
              className="linkbtn end"
              disabled={problem === undefined}
              onClick={() => setOpened(true)}
            >
              Open both answers <KeyCaps keys="Enter" />
            </button>
          </div>
        </>
      )}
      {opened && problem !== undefined && (
        <Suspense fallback={null}>
          <AnswersDialog
            problem={problem}
            left={left}
            right={right}
            onClose={() => setOpened(false)}
          />
        </Suspense>
      )}
    </section>
  );
}
