/** Two benchmarks problem by problem: the table of who solves what, the problems that decide it, and both answers on Enter. */
import { lazy, Suspense, useCallback, useState } from "react";
import type { ReactNode } from "react";
import type { ProblemComparison } from "#shared/schema/compare.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { PairSelect } from "./pair-select.tsx";
import type { PairOption } from "./pair-options.ts";
import { ProblemFilters } from "./problem-filters.tsx";
import { ProblemTable } from "./problem-table.tsx";
import { TwoByTwo } from "./two-by-two.tsx";
import { useProblemCommands } from "./use-problem-commands.ts";
import { useProblems } from "./use-problems.ts";
import type { Problems } from "./use-problems.ts";

const AnswersDialog = lazy(() =>
  import("./answers-dialog.tsx").then((module) => ({ default: module.AnswersDialog })),
);

interface Pair {
  readonly left: PairOption;
  readonly right: PairOption;
  /** Samples of a problem. */
  readonly k: number;
}

function ProblemList({
  pair,
  found,
  problems,
  onOpen,
}: {
  readonly pair: Pair;
  readonly found: ProblemComparison;
  readonly problems: Problems;
  readonly onOpen: () => void;
}): ReactNode {
  const { left, right, k } = pair;
  const { columns, show, setShow, rows, at, problem, choose } = problems;
  return (
    <>
      <TwoByTwo found={found} left={left.model.letter} right={right.model.letter} k={k} />
      <ProblemFilters found={found} left={left} right={right} show={show} onShow={setShow} />
      {rows.length === 0 ? (
        <Empty>No problem is in this list. Choose another.</Empty>
      ) : (
        <ProblemTable
          rows={rows}
          columns={columns}
          pair={[left.runId, right.runId]}
          chosen={at}
          onChoose={choose}
          onOpen={onOpen}
        />
      )}
      <div className="flex s11 t3 problemfoot">
        right samples of {formatNumber(k)} · {formatNumber(rows.length)} of{" "}
        {formatNumber(found.total)} <KeyCaps keys="J K" />
        <button
          type="button"
          className="linkbtn end"
          disabled={problem === undefined}
          onClick={onOpen}
        >
          Open both answers <KeyCaps keys="Enter" />
        </button>
      </div>
    </>
  );
}

export interface ProblemPanelProps extends Pair {
  readonly options: readonly PairOption[];
  readonly onPair: (left: string, right: string) => void;
}

export function ProblemPanel({ options, onPair, ...pair }: ProblemPanelProps): ReactNode {
  const { left, right } = pair;
  const problems = useProblems(options, left, right);
  const { query, rows, at, problem } = problems;
  const [opened, setOpened] = useState(false);
  const open = useCallback(() => setOpened(true), []);
  useProblemCommands(query.data && rows.length, at, open);
  // Enter was pressed before the list came, and nothing is in it.
  const isInVain = query.failure !== undefined || (query.data !== undefined && rows.length === 0);
  if (opened && isInVain) setOpened(false);
  return (
    <section className="region problempanel" aria-label="Problem by problem">
      <div className="head">
        <h2>Problems</h2>
        <PairSelect options={options} left={left.runId} right={right.runId} onPair={onPair} />
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {query.data !== undefined && (
        <ProblemList pair={pair} found={query.data} problems={problems} onOpen={open} />
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
