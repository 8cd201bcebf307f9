import { describe, expect, test } from "vitest";
import type { RolloutTokens } from "#shared/schema/metrics.ts";
import { logLines, withoutCodes } from "../../src-renderer/features/run/log/log-lines.ts";
import {
  isNumber,
  searchOf,
} from "../../src-renderer/features/run/completions/search/hit-filter.ts";
import {
  gradeOf,
  missing,
  nextStrong,
  ratioAt,
  tokenFacts,
} from "../../src-renderer/features/run/completions/tokens/token-measures.ts";

const tokens: RolloutTokens = {
  ids: [1, 2, 3, 4],
  texts: ["a", "b", "c", ""],
  hidden: [false, false, false, true],
  // Probabilities 0.9, 0.4, 0.1, 0.005.
  logprobs: [0.9, 0.4, 0.1, 0.005].map(Math.log),
  trainedLogprobs: [0.9, 0.5, 0.1, 0.005].map(Math.log),
  entropies: [0, 0.5, 1.2, 3],
};

describe("tokens", () => {
  test("are graded by the bounds that the legend names", () => {
    expect(tokens.ids.map((_, at) => gradeOf(tokens, "logprob", at))).toEqual([0, 1, 2, 4]);
    expect(tokens.ids.map((_, at) => gradeOf(tokens, "entropy", at))).toEqual([0, 1, 2, 4]);
    // Only the second changed: 0.5 / 0.4 is 25% off.
    expect(ratioAt(tokens, 1)).toBeCloseTo(1.25, 9);
    expect(tokens.ids.map((_, at) => gradeOf(tokens, "ratio", at))).toEqual([0, 3, 0, 0]);
  });

  test("the next strongest goes round, and there is none where nothing stands out", () => {
    expect(nextStrong(tokens, "logprob", -1)).toBe(3);
    expect(nextStrong(tokens, "ratio", 1)).toBe(1);
    expect(nextStrong({ ...tokens, entropies: [0, 0, 0, 0] }, "entropy", -1)).toBeUndefined();
  });

  test("say what is known of them, and why something is not", () => {
    expect(tokenFacts(tokens, 1)).toEqual([
      "id 2",
      "p 0.400",
      "log-prob −0.92",
      "ratio 1.250",
      "entropy 0.50",
    ]);
    const bare = { ...tokens, trainedLogprobs: null, entropies: null };
    expect(tokenFacts(bare, 0)).toHaveLength(3);
    expect(missing(bare, "logprob")).toBeUndefined();
    expect(missing(bare, "ratio")).toContain("the run ended before the step");
    expect(missing(tokens, "entropy")).toBeUndefined();
  });
});

describe("the log", () => {
  test("has no terminal codes: colours, titles, cursor moves", () => {
    expect(withoutCodes("\u001B[31;1mred\u001B[0m \u001B]0;title\u0007x\u001B[2K")).toBe("red x");
  });

  test("shows the last state of a line that was written over, and unseen characters as signs", () => {
    expect(logLines("10%\r20%\r30%\nnext \u202Egnp\n", "")).toEqual(["30%", "next ⟨U+202E⟩gnp"]);
  });

  test("cuts endless lines and keeps those that hold what is searched, capitals ignored", () => {
    const [line] = logLines("x".repeat(1_000_000), "");
    expect(line?.length).toBeLessThan(4100);
    expect(line).toContain("996,000 more characters");
    expect(logLines("Loss 1\nkl 2\nloss 3", "LOSS")).toEqual(["Loss 1", "loss 3"]);
    expect(logLines("", "")).toEqual([]);
  });
});

test("a search bounds rewards by numbers only", () => {
  const filter = { text: "", minReward: "0,5", maxReward: "x", show: "wrong", cut: true } as const;
  expect(searchOf(filter)).toEqual({ minReward: 0.5, correct: false, finishReason: "length" });
  expect([isNumber(""), isNumber("−1"), isNumber("x")]).toEqual([true, true, false]);
  expect(searchOf({ text: "a", minReward: "", maxReward: "", show: "all", cut: false })).toEqual({
    text: "a",
  });
});
