/** OpenAI's 164 problems, as they come, and as options of `python-tests`. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { z } from "zod";

const FILE = new URL("../fixtures/human-eval/HumanEval.jsonl.gz", import.meta.url);

const Line = z.object({
  task_id: z.string(),
  prompt: z.string(),
  entry_point: z.string(),
  canonical_solution: z.string(),
  test: z.string(),
});

export interface HumanEvalProblem {
  readonly id: string;
  readonly solution: string;
  readonly options: {
    readonly tests: string[];
    readonly entry_point: string;
    readonly prompt: string;
  };
}

export function humanEval(): HumanEvalProblem[] {
  const lines = gunzipSync(readFileSync(FILE)).toString("utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const { task_id, prompt, entry_point, canonical_solution, test } = Line.parse(JSON.parse(line));
    return {
      id: task_id,
      solution: canonical_solution,
      options: { tests: [test], entry_point, prompt },
    };
  });
}

const FLIPS: readonly (readonly [RegExp, string])[] = [
  [/ == /, " != "],
  [/ != /, " == "],
  [/ < /, " >= "],
  [/ > /, " <= "],
  [/ <= /, " > "],
  [/ >= /, " < "],
  [/ \+ /, " - "],
  [/ - /, " + "],
  [/ % /, " + "],
  [/ \* /, " + "],
  [/ and /, " or "],
  [/\bnot /, ""],
  [/\bTrue\b/, "False"],
  [/\bFalse\b/, "True"],
  [/\b1\b/, "2"],
  [/\[::-1\]/, ""],
];

/** The solution with one operator or constant turned, and, for those that no test can tell apart, one that gives None. */
export function mutantsOf(solution: string): string[] {
  const flip = FLIPS.find(([pattern]) => pattern.test(solution));
  const flipped = flip === undefined ? [] : [solution.replace(flip[0], flip[1])];
  return [...flipped, `    return None\n${solution}`];
}
