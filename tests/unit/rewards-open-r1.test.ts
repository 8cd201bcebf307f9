import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { builtInReward } from "#main/core/rewards/built-in-rewards.ts";
import { explainReward } from "#main/core/rewards/scoring/explain.ts";
import type { RewardInput } from "#main/core/rewards/reward-input.ts";
import { NamedReward, REWARD_NAMES, RewardSpec, rewardName } from "#shared/schema/reward.ts";
import { FUZZ_TIMEOUT, fuzzRuns, LongestCalls } from "../helpers/fuzz-calls.ts";
import { inputWith, problemWith } from "../helpers/problem-with.ts";

const PROBLEM = problemWith({ prompt: "What is 6 times 7?", gold: "42" });
const UNKNOWN = problemWith({ prompt: "Tell a story." });

function valueOf(reward: Record<string, unknown>, text: string, problem = PROBLEM): number | null {
  return builtInReward(NamedReward.parse(reward), [inputWith(problem, text)])[0] ?? null;
}

function right(length: number): string {
  const ends = "<think></think><answer>42</answer>";
  return ends.replace("></think", `>${"x".repeat(length - ends.length)}</think`);
}

describe("the cosine of the length", () => {
  // Right: 0.5 + 0.25 (1 + cos(πL/1000)); wrong: -0.5 - 0.25 (1 + cos(πL/1000))
  test.each([
    [right(500), 0.75],
    [right(1000), 0.5],
    [right(250), 0.5 + 0.25 * (1 + Math.SQRT1_2)],
    ["", -1],
    ["x".repeat(500), -0.75],
    ["x".repeat(1000), -0.5],
    // beyond max_len the cosine rises again, as open-r1's does
    ["x".repeat(2000), -1],
    // a character beyond the first plane is one
    ["😀".repeat(500), -0.75],
  ])("of %# is what open-r1 gives", (text, expected) => {
    expect(valueOf({ name: "cosine" }, text)).toBeCloseTo(expected, 12);
  });

  test("takes its options", () => {
    const options = {
      name: "cosine",
      min_value_wrong: 0,
      max_value_wrong: -10,
      min_value_correct: 2,
      max_value_correct: 4,
      max_len: 200,
    };
    expect(valueOf(options, right(100))).toBeCloseTo(3, 12);
    expect(valueOf(options, "x".repeat(100))).toBeCloseTo(-5, 12);
    expect(valueOf(options, "x".repeat(200))).toBeCloseTo(-10, 12);
  });
});

describe("the repetition penalty", () => {
  test.each([
    ["", 3, 0],
    ["one two", 3, 0],
    ["one two three", 3, 0],
    // 4 trigrams, 3 different
    ["a b c a b c", 3, -0.25],
    ["A b C a B c", 3, -0.25],
    ["no no no no no", 3, -2 / 3],
    ["a b a b", 2, -1 / 3],
    ["a\u00a0a\u2003a\u001ca", 1, -0.75],
    // JavaScript's \s has it, Python's split has not
    ["a\ufeffa", 1, 0],
  ])("of %j by %i is %f", (text, size, expected) => {
    expect(valueOf({ name: "repetition_penalty", ngram_size: size }, text)).toBeCloseTo(
      expected,
      12,
    );
  });

  test("is as strong as it is asked to be", () => {
    expect(valueOf({ name: "repetition_penalty", max_penalty: -0.4 }, "a a a a")).toBeCloseTo(
      -0.2,
      12,
    );
    expect(NamedReward.safeParse({ name: "repetition_penalty", max_penalty: 1 }).success).toBe(
      false,
    );
  });
});

describe("tags and steps", () => {
  test.each([
    ["<think>\na\n</think>\n<answer>\n42\n</answer>", 1],
    ["<think>a</think><answer>42</answer>", 0],
    ["<think>\na\n</think>\n", 0.5],
    ["<think>\n<think>\na\n</think>\n<answer>\n42\n</answer>", 0.75],
    ["\n</think>\n</think>\n", 0.25],
    ["", 0],
  ])("%j has tags worth %f", (text, expected) => {
    expect(valueOf({ name: "tag_count" }, text)).toBe(expected);
  });

  test.each([
    ["", 0],
    ["Step 1: add. Step 22: take away.", 2 / 3],
    ["1. add\n2. take", 1 / 3],
    ["\n- a\n* b\n- c\n- d", 1],
    ["First, a. Next, b.", 2 / 3],
    ["first, a. Step one: b", 0],
    ["Step ٣: a", 1 / 3],
  ])("%j has steps worth %f", (text, expected) => {
    expect(valueOf({ name: "reasoning_steps" }, text)).toBeCloseTo(expected, 12);
  });
});

describe("the length in a group", () => {
  const group = (...texts: string[]): RewardInput[] =>
    texts.map((text) => inputWith(PROBLEM, text));

  test("is 0.5 for the shortest right one, -0.5 for the longest, and at most 0 where wrong", () => {
    const inputs = group(right(50), right(100), right(150), "x".repeat(50), "x".repeat(150));
    expect(builtInReward({ name: "length", weight: 1 }, inputs)).toEqual([0.5, 0, -0.5, 0, -0.5]);
  });

  test("is 0 where all are equally long", () => {
    expect(builtInReward({ name: "length", weight: 1 }, group("ab", "cd"))).toEqual([0, 0]);
    expect(builtInReward({ name: "length", weight: 1 }, [])).toEqual([]);
  });
});

describe("names and options", () => {
  test("accuracy is answer, and neither applies where nothing can be judged", () => {
    for (const name of ["answer", "accuracy", "cosine"]) {
      expect([name, valueOf({ name }, right(60), UNKNOWN)]).toEqual([name, null]);
      expect([name, Number(valueOf({ name }, right(60))) > 0.9]).toEqual([name, true]);
    }
    expect(valueOf({ name: "code" }, right(60))).toBeNull();
  });

  test("a part of an answer counts where it is asked for", () => {
    const input = {
      ...inputWith(PROBLEM, ""),
      score: { answer: "1, 2", correct: false, score: 0.5, detail: "2 of 4" },
    };
    const value = (spec: unknown): unknown => builtInReward(NamedReward.parse(spec), [input])[0];
    expect(value({ name: "accuracy", partial: true })).toBe(0.5);
    expect(value({ name: "accuracy" })).toBe(0);
    const tests = { ...PROBLEM, verifier: { name: "python-tests", options: {} } };
    expect(builtInReward({ name: "code", weight: 1 }, [{ ...input, problem: tests }])[0]).toBe(0.5);
  });

  test("what recipes had parses as before; each form refuses the options of others", () => {
    const old = { name: "answer", weight: 1, cache_length: 14 };
    expect(RewardSpec.parse(old)).toEqual(old);
    expect(RewardSpec.parse({ name: "answer" })).toEqual({ name: "answer", weight: 1 });
    expect(RewardSpec.safeParse({ name: "cosine", ngram_size: 3 }).success).toBe(false);
    expect(RewardSpec.safeParse({ file: "a.py", max_len: 3 }).success).toBe(false);
    expect(RewardSpec.safeParse({ file: "a.txt" }).success).toBe(false);
  });

  test("a file's values are called like the file, or as it is said", () => {
    expect(rewardName(RewardSpec.parse({ file: "rewards/short.py" }))).toBe("short");
    expect(rewardName(RewardSpec.parse({ file: "C:\\r\\a.b.mjs" }))).toBe("a.b");
    expect(rewardName(RewardSpec.parse({ file: "short.js", name: "brief" }))).toBe("brief");
  });
});

test("any text gives every reward a value and a reason, in time", { timeout: FUZZ_TIMEOUT }, () => {
  const specs = REWARD_NAMES.map((name) => NamedReward.parse({ name }));
  const pieces = fc.constantFrom(
    ..."<think>\n|\n</think>\n|<answer>|</answer>|Step 1:|\n-|\\boxed{|}|42|a b a b|😀|\ud800|\\frac".split(
      "|",
    ),
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 400 }),
    fc
      .array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 60 })
      .map((all) => all.join("")),
  );
  const calls = new LongestCalls();
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (texts) => {
      const inputs = texts.map((one) => inputWith(PROBLEM, one));
      for (const spec of specs) {
        const values = calls.time(spec.name, () => builtInReward(spec, inputs));
        expect(values).toHaveLength(inputs.length);
        for (const [i, value] of values.entries()) {
          expect(value ?? 0).toBeGreaterThanOrEqual(-1);
          expect(value ?? 0).toBeLessThanOrEqual(1);
          const input = inputs[i];
          if (input === undefined) continue;
          expect(explainReward(spec, input, inputs, { value })).not.toBe("");
        }
      }
    }),
    { numRuns: fuzzRuns(300) },
  );
  expect(calls.above(100)).toEqual([]);
});
