/** Two benchmarks problem by problem, with what every other one shown made of the same problems. */
import type { ProblemComparison, ProblemFilter, ProblemRow } from "#shared/schema/compare.ts";
import type { EvaluationRecord } from "#shared/schema/evaluation.ts";
import type { RunId } from "#shared/schema/run.ts";
import { AppError } from "#shared/errors.ts";
import { mcnemarExact } from "#main/core/evaluation/mcnemar.ts";
import type { SolvedProblem } from "#main/store/repositories/evaluation-repository.ts";
import type { Store } from "#main/store/store.ts";
import { judge } from "./judge.ts";
import type { PairedTests } from "./paired-tests.ts";

export interface ProblemRequest {
  readonly runIds: readonly RunId[];
  readonly left: RunId;
  readonly right: RunId;
  readonly show: ProblemFilter;
  readonly text?: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** Throws NOT_FOUND for an unknown run, BAD_INPUT for one without a finished benchmark. */
export function problemComparison(
  store: Store,
  tests: PairedTests,
  request: ProblemRequest,
): ProblemComparison {
  const { left, right } = request;
  const record = recordOf(store, left);
  const baseline = recordOf(store, right);
  const columns = request.runIds.map((id) => solvedById(store, id));
  const rightSolved = solvedById(store, right);
  const paired = [...solvedById(store, left).values()].flatMap((one) => {
    const other = rightSolved.get(one.problemId);
    return other === undefined || other.prompt !== one.prompt || other.gold !== one.gold
      ? []
      : [{ problem: one, kind: kindOf(one, other) }];
  });
  const count = (kind: PairKind): number => paired.filter((one) => one.kind === kind).length;
  const text = request.text?.toLowerCase() ?? "";
  const matching = paired.filter(
    ({ problem, kind }) =>
      matches(kind, request.show) && (text === "" || problem.prompt.toLowerCase().includes(text)),
  );
  const [judged] = left === right ? [] : judge(store, tests, [{ record, baseline }]);
  return {
    both: count("both"),
    onlyLeft: count("only-left"),
    onlyRight: count("only-right"),
    neither: count("neither"),
    mcnemarP: mcnemarExact(count("only-left"), count("only-right")),
    versus: judged?.versus ?? null,
    refusal: judged?.refusal ?? null,
    total: matching.length,
    rows: matching
      .slice(request.offset, request.offset + request.limit)
      .map(({ problem }) => rowOf(problem, columns)),
  };
}

type PairKind = Exclude<ProblemFilter, "all" | "differ">;

function recordOf(store: Store, id: RunId): EvaluationRecord {
  store.runs.summary(id);
  const record = store.evaluations.get(id);
  if (record !== null) return record;
  throw new AppError(
    "BAD_INPUT",
    `${id} has no result.`,
    "Compare finished benchmarks; a running one can be compared once it ends.",
  );
}

function solvedById(store: Store, id: RunId): Map<string, SolvedProblem> {
  return new Map(store.evaluations.solved(id).map((one) => [one.problemId, one]));
}

/** At least half of its samples right. */
function isSolved({ correct, samples }: SolvedProblem): boolean {
  return correct * 2 >= samples;
}

function kindOf(left: SolvedProblem, right: SolvedProblem): PairKind {
  if (isSolved(left)) return isSolved(right) ? "both" : "only-left";
  return isSolved(right) ? "only-right" : "neither";
}

function matches(kind: PairKind, show: ProblemFilter): boolean {
  if (show === "all") return true;
  return show === "differ" ? kind === "only-left" || kind === "only-right" : kind === show;
}

function rowOf(
  problem: SolvedProblem,
  columns: readonly ReadonlyMap<string, SolvedProblem>[],
): ProblemRow {
  const { problemId, prompt, gold, difficulty } = problem;
  const found = columns.map((column) => column.get(problemId));
  return {
    problemId,
    prompt,
    gold,
    difficulty,
    right: found.map((one) => one?.correct ?? null),
    of: found.map((one) => one?.samples ?? null),
  };
}
