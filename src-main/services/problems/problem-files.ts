/**
 * The problems of a stage's sets as the stage reads them: JSONL in the run's folder. They are written once: a filter by
 * pass rates finds other problems tomorrow, and a run that goes on must find its own.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { problemFileKey } from "#shared/schema/engine-protocol.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import type { ProblemSource } from "#shared/schema/stages/problem-data.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import { problemSourcesOf, requireProblems } from "./set-reader.ts";

export const PROBLEM_FILES = "problems";

/**
 * Files by `problemFileKey`.
 * @param more sources that others ask; they come after the stage's own
 * @throws AppError NOT_FOUND, BAD_INPUT where a source finds no problem
 */
export function writeProblemFiles(
  stage: Stage,
  folder: string,
  sets: SetReader,
  more: readonly ProblemSource[] = [],
): Record<string, string> {
  const files: Record<string, string> = {};
  for (const source of [...problemSourcesOf(stage), ...more]) {
    const key = problemFileKey(source);
    if (files[key] !== undefined) continue;
    const file = join(folder, PROBLEM_FILES, `${Object.keys(files).length}.jsonl`);
    files[key] = file;
    if (existsSync(file)) continue;
    const problems = sets(source);
    requireProblems(source, problems.length);
    mkdirSync(join(folder, PROBLEM_FILES), { recursive: true });
    writeTextAtomically(file, problems.map((problem) => `${JSON.stringify(problem)}\n`).join(""));
  }
  return files;
}
