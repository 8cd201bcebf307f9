/** A stage's tasks that run elsewhere, asked for some problems before anything is started. */
import { AppError } from "#shared/errors.ts";
import type { OutsideSource, ProblemData } from "#shared/schema/stages/problem-data.ts";
import { allExampleSources } from "#shared/schema/stages/example-data.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { outsideSource } from "#main/core/problems/outside/outside-task.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { sourcesOf } from "#main/core/problems/problem-supply.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { problemsAt } from "#main/core/problems/task-facts.ts";
import { contextOf, stageMemory } from "#main/core/resources/stage-memory.ts";
import { lengthsOf } from "#main/core/text/problem-lengths.ts";
import type { WorkspaceTasks } from "../../plugins/workspace-tasks.ts";
import { problemDataOf } from "../../problems/set-reader.ts";
import { noteLengths, noteMemory } from "./length-findings.ts";
import { longestOf, promptingOf, totalBytes } from "./memory-check.ts";
import type { Finding, Path } from "./recipe-finding.ts";
import { StagePlace } from "./stage-place.ts";

/** Of each source; their prompts and solutions are measured, too. */
const PROBLEMS_TRIED = 24;

export interface TaskTrial {
  readonly sets: SetReader;
  readonly tasks: WorkspaceTasks;
  /** Of the stage's models, as far as they are folders. */
  readonly folders?: { readonly model: string; readonly teacher?: string | undefined } | undefined;
  readonly memoryBytes?: number;
}

/**
 * What their code gets wrong, what a dataset's own config class refuses, and what the lengths of their problems mean for
 * the stage; what is missing is said elsewhere.
 */
export async function taskFindings(
  { sets, tasks, folders, memoryBytes = Infinity }: TaskTrial,
  stage: Stage,
  index: number,
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const asked: Problem[] = [];
  for (const { source, path } of placesOf(stage)) {
    if (!isThere(tasks, source)) continue;
    try {
      const from = { sets, outside: tasks };
      const problems = await problemsAt(source, 0, PROBLEMS_TRIED, from, signal);
      if (path[0] === "data") asked.push(...problems);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const key = "config" in source && Object.keys(source.config).length > 0 ? "config" : "task";
      const { message, advice } = error;
      findings.push({ path: ["stages", index, ...path, key], message, advice: advice ?? null });
    }
  }
  if (folders !== undefined && asked.length > 0)
    measure(new StagePlace(stage, index, findings), asked, folders, memoryBytes);
  return findings;
}

/** As the whole check does for problems that are at hand without waiting. */
function measure(
  place: StagePlace,
  problems: readonly Problem[],
  folders: { readonly model: string; readonly teacher?: string | undefined },
  memoryBytes: number,
): void {
  const { stage } = place;
  try {
    const solver = folders.teacher ?? folders.model;
    const lengths = lengthsOf(solver, problems, promptingOf(stage));
    noteLengths(stage, place, lengths, contextOf(solver));
    // What does not fit whatever its prompts is said already.
    const short = totalBytes(stageMemory(stage, { ...folders, longestPrompt: 0 }));
    if (short <= memoryBytes)
      noteMemory(stage, place, { ...folders, ...longestOf(lengths) }, memoryBytes);
  } catch (error) {
    // A model or a tokenizer that cannot be read is said by the whole check.
    if (!(error instanceof AppError)) throw error;
  }
}

function placesOf(stage: Stage): { readonly source: OutsideSource; readonly path: Path }[] {
  if (stage.kind === "sft")
    return allExampleSources(stage).flatMap(({ source, keys }) =>
      "source" in source ? placesIn(source.source, [...keys, "source"]) : [],
    );
  const evaluated = stage.kind === "grpo" ? stage.eval_data : undefined;
  return [...placesIn(problemDataOf(stage), ["data"]), ...placesIn(evaluated, ["eval_data"])];
}

function placesIn(
  data: ProblemData | undefined,
  key: Path,
): { readonly source: OutsideSource; readonly path: Path }[] {
  if (data === undefined) return [];
  return sourcesOf(data).flatMap((one, at) => {
    const source = outsideSource(one);
    return source === undefined ? [] : [{ source, path: Array.isArray(data) ? [...key, at] : key }];
  });
}

function isThere(tasks: WorkspaceTasks, source: OutsideSource): boolean {
  try {
    if ("config" in source) return tasks.find(source.task) !== undefined;
    const known = tasks.find(source.task, source.sha256).difficulties;
    return source.difficulties.every((one) => known.includes(one));
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
