/** Problems of an imported benchmark, as the host writes them for the stage: JSONL of {id, prompt, gold, difficulty}. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Problem } from "./problem.ts";

export const ImportedProblem = z.strictObject({
  id: z.string(),
  prompt: z.string(),
  gold: z.string(),
  difficulty: z.int().nullable(),
});
export type ImportedProblem = z.infer<typeof ImportedProblem>;

/** Throws where the file is not what the host wrote: that is a bug. */
export function readProblems(file: string, benchmark: string): Problem[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { id, prompt, gold, difficulty } = ImportedProblem.parse(JSON.parse(line));
      return {
        id: `${benchmark}/${id}`,
        source: benchmark,
        difficulty,
        messages: [{ role: "user", content: prompt }],
        prompt,
        gold,
        verifier: { name: "maths", options: {} },
        data: null,
        columns: {},
        solution: () => null,
      };
    });
}
