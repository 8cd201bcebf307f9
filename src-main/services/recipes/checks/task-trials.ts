/** A stage's tasks that run elsewhere, asked for some problems before anything is started. */
import { AppError } from "#shared/errors.ts";
import type { OutsideSource, ProblemData } from "#shared/schema/stages/problem-data.ts";
import { allExampleSources } from "#shared/schema/stages/example-data.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { outsideSource } from "#main/core/problems/outside/outside-task.ts";
import { sourcesOf } from "#main/core/problems/problem-supply.ts";
import type { WorkspaceTasks } from "../../plugins/workspace-tasks.ts";
import { problemDataOf } from "../../problems/set-reader.ts";
import type { Finding, Path } from "./recipe-finding.ts";

/** What their code gets wrong, and what a dataset's own config class refuses; what is missing is said elsewhere. */
export async function taskFindings(
  tasks: WorkspaceTasks,
  stage: Stage,
  index: number,
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { source, path } of placesOf(stage)) {
    if (!isThere(tasks, source)) continue;
    try {
      await tasks.tried.make(source, signal);
      const report = await tasks.trial(source);
      for (const { name, ok, detail } of report?.checks ?? [])
        if (!ok)
          findings.push({
            path: ["stages", index, ...path, "task"],
            level: "warning",
            message: `${source.task} fails its check "${name}": ${detail}`,
            advice: `\`gradus plugins check ${source.task}\` tries it again.`,
          });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const key = "config" in source && Object.keys(source.config).length > 0 ? "config" : "task";
      const { message, advice } = error;
      findings.push({ path: ["stages", index, ...path, key], message, advice: advice ?? null });
    }
  }
  return findings;
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
