import { describe, expect, test } from "vitest";
import { answerReward } from "#main/core/rewards/answer.ts";
import { extractAnswer } from "#main/core/verifiers/answers/extract-answer.ts";
import { formatReward } from "#main/core/rewards/format.ts";
import { languageReward } from "#main/core/rewards/language.ts";
import type { RewardInput } from "#main/core/rewards/reward-input.ts";
import { builtInReward } from "#main/core/rewards/built-in-rewards.ts";
import { scoreCompletions } from "#main/core/rewards/scoring/score-completions.ts";
import type { CompletionScore } from "#main/core/rewards/scoring/score-completions.ts";
import { scoreText } from "#main/core/verifiers/judging/score-text.ts";
import { softOverlongReward } from "#main/core/rewards/soft-overlong.ts";
import { listTasks } from "#main/core/problems/registry.ts";
import { drawProblems } from "#main/core/problems/draw-problems.ts";
import { formatSolution } from "#main/core/problems/task.ts";
import { taskProblemOf } from "#main/core/problems/problem.ts";
import { inputWith, problemWith } from "../helpers/problem-with.ts";
import { AppError } from "#shared/errors.ts";
import { NamedReward, REWARD_NAMES } from "#shared/schema/reward.ts";
import type { RewardName, RewardSpec } from "#shared/schema/reward.ts";

const PROBLEM = problemWith({
  id: "arithmetic/47+38-12",
  source: "arithmetic",
  verifier: { name: "arithmetic", options: {} },
  difficulty: 3,
  prompt: "What is 47+38-12?",
  gold: "73",
  data: "47+38-12",
});
const GOOD = "<think>\n47+38=85\n85-12=73\n</think>\n<answer>73</answer>";

function inputOf(completionText: string, problem = PROBLEM): RewardInput {
  return inputWith(problem, completionText);
}

function specOf(name: RewardName, weight = 1): NamedReward {
  return NamedReward.parse({ name, weight });
}

async function scoreOf(
  specs: readonly RewardSpec[],
  input: RewardInput,
): Promise<CompletionScore | undefined> {
  const [group] = await scoreCompletions(specs, [[input]], () => Promise.resolve([]));
  return group?.[0];
}

describe("the answer", () => {
  test.each([
    [GOOD, "73"],
    ["</think><answer> 73 </answer>", "73"],
    ["<think>a</think> <answer>1</answer> or <answer>73</answer>", "73"],
    ["<think>a</think><answer>73</answer><answer>74", "73"],
    ["<think>a</think><answer>73</answer> and </answer>", "73"],
    ["<think>a</think><answer>1<answer>73</answer>", "73"],
    ["<think><answer>1</answer></think><answer>73</answer>", "73"],
    ["<think>a</think><answer></answer>", ""],
    ["<think><answer>73</answer></think>", null],
    ["<answer>73</answer>", null],
    ["<think>a</think>73", null],
    ["<think>a</think></answer>73<answer>", null],
    ["<think>a</think><answer>73", null],
    ["", null],
  ])("of %j is %j", (text, expected) => {
    expect(extractAnswer(text)).toBe(expected);
  });

  test("earns 1 where the task accepts it and 0 where not", () => {
    expect(answerReward(inputOf(GOOD))).toBe(1);
    expect(answerReward(inputOf(GOOD.replace(">73<", ">74<")))).toBe(0);
    expect(answerReward(inputOf("73"))).toBe(0);
  });

  test("earns 1 for the worked solution of every task", () => {
    for (const task of listTasks()) {
      if (task.verify === null) continue;
      const source = { task: task.name, difficulties: [...task.difficulties] };
      for (const problem of drawProblems({ source, split: "train", seed: 9, count: 30 })) {
        const input = inputOf(formatSolution(task.solve(taskProblemOf(problem))), problem);
        expect([problem.id, answerReward(input), formatReward(input)]).toEqual([problem.id, 1, 1]);
      }
    }
  });
});

describe("the format", () => {
  test.each([
    GOOD,
    `\n ${GOOD}\n`,
    "<think>a</think><answer>b</answer>",
    "<think>\n<b>x</b>\n</think>\n\n<answer>\n1\n</answer>",
  ])("of %j is right", (completionText) => {
    expect(formatReward({ completionText })).toBe(1);
  });

  test.each([
    "",
    "73",
    "<think>a</think>",
    "<answer>73</answer>",
    "<think></think><answer>73</answer>",
    "<think>a</think><answer> </answer>",
    `So: ${GOOD}`,
    `${GOOD} Good bye.`,
    `${GOOD}${GOOD}`,
    "<think>a</think> hm <answer>73</answer>",
    "<answer>73</answer><think>a</think>",
    "<think>a<answer>73</answer></think>",
    "<think>a<think>b</think><answer>73</answer>",
    "<think>a</think><answer>73",
    "< think>a</think><answer>73</answer>",
    "<THINK>a</THINK><answer>73</answer>",
  ])("of %j is wrong", (completionText) => {
    expect(formatReward({ completionText })).toBe(0);
  });
});

describe("the soft overlong punishment (DAPO, equation 13)", () => {
  // L_max 100, L_cache 20: free to 80, then -(L - 80) / 20, -1 from 100 on
  test.each([
    [1, 0],
    [80, 0],
    [85, -0.25],
    [90, -0.5],
    [100, -1],
    [130, -1],
  ])("of %i tokens is %f", (completionTokens, expected) => {
    expect(softOverlongReward({ completionTokens, maxCompletionLength: 100 }, 20)).toBeCloseTo(
      expected,
      12,
    );
  });

  test("begins a fifth before the limit where the recipe does not say", () => {
    expect(softOverlongReward({ completionTokens: 90, maxCompletionLength: 100 })).toBeCloseTo(
      -0.5,
      12,
    );
  });

  test("refuses a penalty zone longer than the limit", () => {
    expect(() => softOverlongReward({ completionTokens: 1, maxCompletionLength: 10 }, 11)).toThrow(
      AppError,
    );
  });
});

describe("the language reward", () => {
  test.each([
    ["Where is Ann?", "Ann is at the park.", 1],
    // two English words of six: 我 们 去 公 are four words
    ["Where is Ann?", "at park 我们去公", 2 / 6],
    ["安在哪里?", "安在公园 at park", 4 / 6],
    ["安在哪里?", "\\frac{x}{y} 安在", 1],
    ["アンはどこですか", "公園です", 1],
    ["Где Аня?", "<think>Аня дома</think><answer>дома</answer>", 1],
  ])("of %j answered %j is %f", (prompt, completionText, expected) => {
    expect(languageReward({ problem: { prompt }, completionText })).toBeCloseTo(expected, 12);
  });

  test("does not apply where there are no words", () => {
    expect(languageReward({ problem: { prompt: "What?" }, completionText: "47+38=85" })).toBeNull();
    expect(
      languageReward({ problem: { prompt: "1+1=" }, completionText: "It is two." }),
    ).toBeNull();
  });
});

describe("several rewards", () => {
  test("add up with their weights", async () => {
    const scored = await scoreOf([specOf("answer"), specOf("format", 0.1)], inputOf(GOOD));
    expect(scored?.parts).toEqual([
      { spec: specOf("answer"), weight: 1, value: 1 },
      { spec: specOf("format", 0.1), weight: 0.1, value: 1 },
    ]);
    expect(scored?.total).toBeCloseTo(1.1, 12);
  });

  test("show a sum without what does not apply", async () => {
    const scored = await scoreOf(
      [specOf("answer", 2), specOf("language", 5)],
      inputOf(GOOD.replace("What", "")),
    );
    expect(scored).toEqual({
      parts: [
        { spec: specOf("answer", 2), weight: 2, value: 1 },
        { spec: specOf("language", 5), weight: 5, value: null },
      ],
      total: 2,
    });
    expect((await scoreOf([specOf("language")], inputOf("1")))?.total).toBeNull();
  });
});

describe("a benchmark's score", () => {
  test("is strict about the tags or reads the last number", () => {
    expect(scoreText(PROBLEM, "The answer is 73.", "strict")).toEqual({
      answer: null,
      correct: false,
      score: 0,
      detail: "there is no complete <answer>…</answer> after </think>",
    });
    expect(scoreText(PROBLEM, "The answer is 73.", "lenient")).toEqual({
      answer: "73",
      correct: true,
      score: 1,
      detail: 'the rule accepts "73"',
    });
  });

  test("takes the tagged answer before a later number, also leniently", () => {
    expect(scoreText(PROBLEM, `${GOOD} 99`, "lenient")).toMatchObject({
      answer: "73",
      correct: true,
    });
    expect(scoreText(PROBLEM, `${GOOD.replace(">73<", ">72<")} 73`, "lenient").correct).toBe(false);
  });

  test("does not read into the next turn that a base model makes up", () => {
    const text = "The answer is 73.<|user|>What is 2+3?<|assistant|>5";
    expect(scoreText(PROBLEM, text, "lenient").answer).toBe("73");
  });
});

describe("hostile text", () => {
  const MEGABYTE = 1_000_000;
  const texts: readonly (readonly [string, string])[] = [
    ["a megabyte of opened thoughts", "<think>".repeat(MEGABYTE / 7)],
    ["a megabyte of opened answers", `</think>${"<answer>".repeat(MEGABYTE / 8)}`],
    ["a megabyte of closed answers", `</think><answer>${"</answer>".repeat(MEGABYTE / 9)}`],
    ["a megabyte of digits", `</think><answer>${"9".repeat(MEGABYTE)}</answer>`],
    ["a megabyte of digits without tags", "9".repeat(MEGABYTE)],
    ["a megabyte of brackets", `</think><answer>${"(".repeat(MEGABYTE)}</answer>`],
    ["a megabyte of brackets without tags", "(".repeat(MEGABYTE)],
    ["a megabyte of divisions", `${"1/0*".repeat(MEGABYTE / 4)}1`],
    ["a megabyte of minus signs", "-".repeat(MEGABYTE)],
    ["a megabyte of capital letters", "A".repeat(MEGABYTE)],
    ["a megabyte of white space", `<think>${" \n\t".repeat(MEGABYTE / 3)}</think>`],
    ["a megabyte of claims", "Ann is a knight, ".repeat(MEGABYTE / 17)],
    [
      "a megabyte of claims in the tags",
      `</think><answer>${"Ann is a knight, ".repeat(MEGABYTE / 17)}</answer>`,
    ],
    ["a megabyte of half a claim", "Ann is ".repeat(MEGABYTE / 7)],
    ["a megabyte of backslashes", "\\".repeat(MEGABYTE)],
    ["a megabyte of combining accents", `a${"\u0301".repeat(MEGABYTE)}`],
    ["a megabyte of half surrogates", "\ud800".repeat(MEGABYTE)],
    ["null characters", `\u0000${GOOD}\u0000`],
    ["two boxes", "\\boxed{72} \\boxed{73}"],
    [
      "names of an object's inherited fields",
      "</think><answer>__proto__</answer> constructor toString",
    ],
    [
      "brackets within the length limit",
      `</think><answer>${"(".repeat(200)}1${")".repeat(199)}</answer>`,
    ],
  ];
  const problems = listTasks().flatMap((task) =>
    task.verify === null
      ? []
      : drawProblems({
          source: { task: task.name, difficulties: [task.difficulties[0] ?? 2] },
          split: "train",
          seed: 2,
          count: 1,
        }),
  );
  const specs = REWARD_NAMES.map((name) => specOf(name));

  test.each(texts)("%s gives a value from every reward, of every task, in time", (_, text) => {
    const started = performance.now();
    for (const problem of problems) {
      for (const spec of specs) {
        const value = builtInReward(spec, [inputOf(text, problem)])[0];
        expect(value ?? 0).toBeGreaterThanOrEqual(-1);
        expect(value ?? 0).toBeLessThanOrEqual(1);
      }
      expect(scoreText(problem, text, "strict").correct).toBe(false);
      scoreText(problem, text, "lenient");
    }
    // linear work on a megabyte takes tens of milliseconds; quadratic work would take minutes
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
