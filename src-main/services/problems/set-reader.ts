/** The problems that a stage's source names, out of the store; and a recipe's sources with their versions pinned. */
import { AppError } from "#shared/errors.ts";
import { problemFilterOf } from "#shared/schema/problem-filter-text.ts";
import type { MeasuredSetProblem } from "#shared/schema/problem.ts";
import {
  exampleSources,
  heldOutSource,
  withExampleSources,
} from "#shared/schema/stages/example-data.ts";
import type { ExampleData } from "#shared/schema/stages/example-data.ts";
import type { BenchmarkStage } from "#shared/schema/stages/benchmark-stage.ts";
import type { DataSource, ProblemData, ProblemSource } from "#shared/schema/stages/problem-data.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { evaluationDataOf } from "#main/core/problems/evaluation-data.ts";
import { setNameOf, sourcesOf } from "#main/core/problems/problem-supply.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import type { Store } from "#main/store/store.ts";
import { promptOf } from "../benchmarks/benchmark-file.ts";

/** The reader throws NOT_FOUND where there is no such set or version, BAD_INPUT for a filter that does not parse. */
export function setReader(store: Store): SetReader {
  return (source) => {
    const { set, version } = setVersion(source.problems);
    const { instruction } = store.problems.version(set, version);
    const problems = store.problems.measured({
      set,
      version,
      split: source.split,
      ...(source.where === undefined ? {} : { filter: problemFilterOf(source.where) }),
    });
    return instruction === "" ? problems : problems.map((one) => withInstruction(one, instruction));
  };
}

/** The set's instruction stands under each problem, as in benchmarks. */
function withInstruction(problem: MeasuredSetProblem, instruction: string): MeasuredSetProblem {
  const last = problem.messages.length - 1;
  return {
    ...problem,
    messages: problem.messages.map((message, i) =>
      i === last ? { ...message, content: promptOf(message.content, instruction) } : message,
    ),
  };
}

/** Version null: the newest. */
export function setVersion(ref: string): { readonly set: string; readonly version: number | null } {
  const set = setNameOf(ref);
  const version = ref.slice(set.length + 1);
  return { set, version: version === "" ? null : Number(version) };
}

/** What the stage draws problems from; undefined where it draws none. */
export function problemDataOf(stage: Stage): ProblemData | undefined {
  if (stage.kind === "pretrain") return undefined;
  if (stage.kind === "sft") return workedDataOf(stage.data);
  return "benchmark" in stage.data ? undefined : stage.data;
}

/** The problems of all sources whose solutions are worked out. */
function workedDataOf(data: ExampleData): ProblemData | undefined {
  const worked = exampleSources(data).flatMap(({ source }) =>
    "source" in source ? [source.source] : [],
  );
  return worked.length > 1 ? worked.flatMap(sourcesOf) : worked[0];
}

/** All that a stage draws problems from: what it learns from or asks, and what it is measured on meanwhile. */
export function allSourcesOf(stage: Stage): DataSource[] {
  const data = [problemDataOf(stage), heldOutDataOf(stage)];
  return data.flatMap((one) => (one === undefined ? [] : sourcesOf(one)));
}

/** The problems that a stage is measured on while it trains; undefined where it draws none. */
function heldOutDataOf(stage: Stage): ProblemData | undefined {
  if (stage.kind === "grpo") return evaluationDataOf(stage);
  const heldOut = stage.kind === "sft" ? heldOutSource(stage)?.source : undefined;
  return heldOut !== undefined && "source" in heldOut ? heldOut.source : undefined;
}

/** The problem sets that a stage asks. */
export function problemSourcesOf(stage: Stage): ProblemSource[] {
  return allSourcesOf(stage).flatMap((source) => ("problems" in source ? source : []));
}

/** The stage with the version that each of its sets has now. Throws NOT_FOUND. */
export function withVersions(stage: Stage, store: Store): Stage {
  const pinned = (source: ProblemSource): ProblemSource => {
    const { set, version } = setVersion(source.problems);
    const found = store.problems.version(set, version);
    return { ...source, problems: `${set}@${found.version}` };
  };
  return withSources(stage, (source) => ("problems" in source ? pinned(source) : source));
}

/** The stage with another source for each of its own. */
export function withSources(stage: Stage, other: (source: DataSource) => DataSource): Stage {
  const changed = (data: ProblemData): ProblemData =>
    Array.isArray(data) ? data.map(other) : other(data);
  switch (stage.kind) {
    case "sft":
      return withExampleSources(stage, (one) =>
        "source" in one ? { ...one, source: changed(one.source) } : one,
      );
    case "benchmark":
      return withBenchmarkData(stage, changed);
    case "pretrain":
      return stage;
    case "grpo":
      return {
        ...stage,
        data: changed(stage.data),
        ...(stage.eval_data === undefined ? {} : { eval_data: changed(stage.eval_data) }),
      };
    default:
      return { ...stage, data: changed(stage.data) };
  }
}

function withBenchmarkData(
  stage: BenchmarkStage,
  changed: (data: ProblemData) => ProblemData,
): BenchmarkStage {
  return "benchmark" in stage.data ? stage : { ...stage, data: changed(stage.data) };
}

/** Throws BAD_INPUT where a run of that source would have nothing to ask. */
export function requireProblems(source: ProblemSource, found: number): void {
  if (found > 0) return;
  throw new AppError(
    "BAD_INPUT",
    `The problem set ${source.problems} has no problem on its ${source.split} side${source.where === undefined ? "" : ` that "${source.where}" finds`}.`,
    "Choose the other side, or widen the filter.",
  );
}
