/** Every task's own rule on random texts: a verdict each time, alike each time, and none that takes long. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { makeProblem } from "#main/core/problems/problem.ts";
import { listTasks } from "#main/core/problems/registry.ts";
import { answerRule } from "#main/core/verifiers/answers/answer-rule.ts";
import { Random } from "#main/platform/random.ts";
import { FUZZ_TIMEOUT, fuzzRuns, LongestCalls } from "../helpers/fuzz-calls.ts";

test.each(listTasks().filter(({ verify }) => verify !== null))(
  "$name judges any text",
  { timeout: FUZZ_TIMEOUT },
  (task) => {
    const { name } = task;
    const random = new Random(3);
    const problems = task.difficulties.slice(0, 3).map((one) => makeProblem(task, random, one));
    const golds = problems.map(({ gold }) => gold ?? "");
    const signs = "<answer>|</answer>|\\boxed{|}|(|)|+|-|*|/|=|,| |\n|0|7|x|[|]|\\frac|and|->";
    const text = fc
      .array(
        fc.oneof(
          fc.constantFrom(...signs.split("|"), ...golds),
          fc.string({ unit: "binary", maxLength: 40 }),
          fc.string({ maxLength: 10 }),
        ),
        { maxLength: 40 },
      )
      .map((pieces) => pieces.join(""));
    const rule = answerRule(name);
    const calls = new LongestCalls();
    fc.assert(
      fc.property(text, (answer) => {
        for (const problem of problems) {
          const verdict = calls.time(name, () => rule.verify(problem, answer));
          expect(verdict.score === 1).toBe(verdict.correct);
        }
        calls.time(`${name}, found`, () => rule.extractLenient(answer));
        expect(rule.answerKey(answer)).toBe(rule.answerKey(answer));
      }),
      { numRuns: fuzzRuns(100), seed: 7 },
    );
    expect(calls.above(100)).toEqual([]);
  },
);
