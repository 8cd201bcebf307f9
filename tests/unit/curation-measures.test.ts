import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { RecordMessage, RecordReference } from "#shared/schema/dataset.ts";
import { joinReasoning, splitReasoning } from "#shared/schema/record-text.ts";
import { ContaminationIndex } from "#main/core/curation/contamination.ts";
import { languageShare, removeForeignLines } from "#main/core/curation/foreign-lines.ts";
import { formatProblems, repairFormat } from "#main/core/curation/format.ts";
import { heldOutProblem } from "#main/core/curation/held-out.ts";
import { fingerprint } from "#main/core/curation/near-duplicates.ts";
import { countSyllables, readability } from "#main/core/curation/readability.ts";
import { removeRepetition, repetition } from "#main/core/curation/repetition.ts";
import { measureText } from "#main/core/curation/measure-text.ts";
import { verdictOf } from "#main/core/curation/verdict.ts";
import { tokensOf } from "#main/core/curation/words.ts";
import { reasoningSteps } from "#renderer/features/curation/record/reasoning-steps.ts";
import { arithmetic } from "#main/core/problems/tasks/arithmetic.ts";
import { countdown } from "#main/core/problems/tasks/countdown.ts";
import { splitOf } from "#main/core/problems/split-of.ts";
import { drawProblems } from "#main/core/problems/draw-problems.ts";
import { Random } from "#main/platform/random.ts";
import { similarity } from "#main/platform/signature.ts";

const NOTHING: RecordReference = {
  task: null,
  problemId: null,
  difficulty: null,
  gold: null,
  data: null,
};

function record(prompt: string, content: string, reasoning: string | null = null): RecordMessage[] {
  return [
    { role: "user", content: prompt, reasoning: null },
    { role: "assistant", content, reasoning },
  ];
}

test("an assistant's text is divided at the end of its thinking, whether or not that was opened", () => {
  expect(splitReasoning("<think>\na\n</think>\n<answer>1</answer>")).toEqual({
    reasoning: "a",
    content: "<answer>1</answer>",
  });
  expect(splitReasoning("a\n</think>\nb")).toMatchObject({ reasoning: "a", content: "b" });
  // What stands before the reasoning would be seen nowhere.
  expect(splitReasoning("Well. <think>a</think> b")).toEqual({
    reasoning: null,
    content: "Well. <think>a</think> b",
  });
  expect(splitReasoning("<think>never closed")).toEqual({
    reasoning: null,
    content: "<think>never closed",
  });
  expect(
    splitReasoning(
      "<|begin_of_thought|>a<|end_of_thought|><|begin_of_solution|>b<|end_of_solution|>",
    ),
  ).toMatchObject({ reasoning: "a", content: "b" });
  expect(splitReasoning("<think>\na\n</think>\n\n    return x")).toMatchObject({
    reasoning: "a",
    content: "    return x",
  });
});

test("text that was divided and joined again is the same, whatever stands around its tags", () => {
  const piece = fc.constantFrom(
    ...["<think>", "</think>", "<thinking>", "</thinking>", "<|begin_of_thought|>"],
    ...["<|end_of_thought|>", "<|begin_of_solution|>", "<|end_of_solution|>", "<answer>"],
    ...["\n", "\r\n", " ", "\t", "  ", "word", "\u00A0", "é", "😀"],
  );
  const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(text, (written) => {
      expect(joinReasoning(splitReasoning(written))).toBe(written);
    }),
    { numRuns: 5000, seed: 1 },
  );
});

test("syllables are counted by groups of vowels, without a silent e", () => {
  // make-1, rea-son-2, syl-la-ble-3, the-1, cre-ate as one group of vowels and a silent e: 1 by this rule.
  expect(["make", "reason", "syllable", "the", "a"].map(countSyllables)).toEqual([1, 2, 3, 1, 1]);
});

test("readability is the mean of Flesch's ease, short paragraphs and unbroken order", () => {
  // 20 words of one syllable in 4 sentences of 5: 206.835 - 1.015·5 - 84.6·1 = 117.16, cut to 100.
  const easy =
    "We have the two cups. They are both full now. One is red and old. The next is not so.";
  expect(readability(easy)).toBe(100);
  // The same as one sentence of 20 words: 206.835 - 20.3 - 84.6 = 101.935, still cut to 100.
  // A paragraph of more than 400 characters takes the layout to 0, a sentence of over 60 words the order.
  const wall = `${Array.from({ length: 120 }, () => "cat").join(" ")}.`;
  expect(wall.length).toBeGreaterThan(400);
  // Ease: 206.835 - 1.015·120 - 84.6 = 0.435. Layout 0, order 0: the mean is 0.145.
  expect(readability(wall)).toBeCloseTo(0.435 / 3, 6);
  // One of two sentences begins anew.
  expect(readability("Let us see what we have.\nWait, that is no good.")).toBeCloseTo(
    (100 + 50) / 2,
    6,
  );
  expect(readability("too short")).toBeNull();
});

test("repetition is the share of word 4-grams that were there before", () => {
  expect(repetition("a b c d e f g")).toBe(0);
  // a b c d a b c d: the 4-grams abcd bcda cdab dabc abcd: 4 of 5 are distinct.
  expect(repetition("a b c d a b c d")).toBeCloseTo(0.2, 10);
  expect(repetition("a b c")).toBe(0);
});

test("sentences that only repeat one before are removed, short ones and formulas stay", () => {
  expect(
    removeRepetition(
      "We add both numbers first. So 3+4=7.\nWe add both numbers first. Then stop.\nStop.",
    ),
  ).toBe("We add both numbers first. So 3+4=7.\nThen stop.\nStop.");
  const clean = "One line here now.\nAnother line here now.";
  expect(removeRepetition(clean)).toBe(clean);
});

test("lines in another script than the prompt's are removed, formulas stay", () => {
  const text = "We add them.\n我们把它们加起来\n3+4=7\nDone here.";
  expect(removeForeignLines("What is the sum?", text)).toBe("We add them.\n3+4=7\nDone here.");
  // We add them Done here: 5 words; 8 Chinese characters.
  expect(languageShare("What is the sum?", text)).toBeCloseTo(5 / 13, 10);
});

test("each fault of the form has its name", () => {
  const problems = (content: string, reasoning: string | null): string[] =>
    formatProblems(record("q", content, reasoning));
  expect(problems("<answer>1</answer>", "r")).toEqual([]);
  expect(problems("plain answer", "r")).toEqual([]);
  expect(problems("1", null)).toEqual(["no-reasoning"]);
  expect(problems("<answer> </answer>", "r")).toEqual(["no-answer"]);
  expect(problems("</think>1", "r")).toEqual(["stray-think-tags"]);
  expect(problems("<answer>1", "r")).toEqual(["answer-not-closed"]);
  expect(problems("<answer>1</answer><answer>2</answer>", "r")).toEqual(["several-answers"]);
  expect(problems("So <answer>1</answer>", "r")).toEqual(["text-around-answer"]);
  expect(formatProblems([{ role: "user", content: "q", reasoning: null }])).toEqual([
    "no-assistant-turn",
  ]);
});

test.each([
  ["an answer that is not closed", "<answer>1", "r", "<answer>1</answer>", "r"],
  [
    "text around the answer",
    "So it is <answer>1</answer> then.",
    "r",
    "<answer>1</answer>",
    "r\nSo it is\nthen.",
  ],
  ["a second answer", "<answer>1</answer><answer>2</answer>", "r", "<answer>2</answer>", "r\n1"],
  ["stray tags", "</think><answer>1</answer>", "r", "<answer>1</answer>", "r"],
  [
    "thinking that was never closed",
    "<think>r s<answer>1</answer>",
    null,
    "<answer>1</answer>",
    "r s",
  ],
  ["an answer inside the reasoning", "", "r<answer>1</answer>", "<answer>1</answer>", "r"],
])("%s is repaired", (_name, content, reasoning, wantedContent, wantedReasoning) => {
  const fixed = repairFormat(record("q", content, reasoning));
  expect(fixed.at(-1)).toEqual({
    role: "assistant",
    content: wantedContent,
    reasoning: wantedReasoning,
  });
  expect(formatProblems(fixed)).toEqual([]);
});

test("what has its form, and what cannot be repaired, is left as it is", () => {
  const good = record("q", "<answer>1</answer>", "r");
  expect(repairFormat(good)).toBe(good);
  const hopeless = record("q", "", null);
  expect(repairFormat(hopeless)).toBe(hopeless);
});

test("a task's own rule gives the verdict where the record carries its problem", () => {
  const problem = countdown.generate(new Random(3), 3);
  const reference: RecordReference = {
    task: "countdown",
    problemId: problem.id,
    difficulty: 3,
    gold: problem.gold,
    data: problem.data,
  };
  expect(
    verdictOf(record(problem.prompt, `<answer>${problem.gold}</answer>`, "r"), reference).verdict,
  ).toBe("correct");
  expect(verdictOf(record(problem.prompt, "<answer>1+1</answer>", "r"), reference)).toEqual({
    verdict: "wrong",
    detail: `1+1 is not right; ${problem.gold} is right`,
  });
  // Data that are not the task's: the right answer decides.
  expect(
    verdictOf(record("q", `<answer>${problem.gold}</answer>`, "r"), {
      ...reference,
      data: { x: 1 },
    }).verdict,
  ).toBe("correct");
});

test.each([
  ["<answer>1,234</answer>", "1234", "correct"],
  ["so \\boxed{\\frac{1}{2}}", "\\frac{1}{2}", "correct"],
  ["so \\boxed{\\frac{1}{2}}", "0.5", "correct"],
  ["<answer>(2, 1]</answer>", "[1, 2)", "wrong"],
  ["<answer>{2, 1}</answer>", "\\{1,2\\}", "correct"],
  ["The answer is 0.50.", "1/2", "correct"],
  ["3 + 4 = 8", "7", "wrong"],
  ["Paris", "paris", "correct"],
  ["", "7", "wrong"],
])("%j with the right answer %j is %s", (content, gold, verdict) => {
  expect(verdictOf(record("q", content, "r"), { ...NOTHING, gold }).verdict).toBe(verdict);
});

test("without a verifier and a right answer there is no verdict", () => {
  expect(verdictOf(record("q", "7", "r"), NOTHING).verdict).toBe("none");
});

test("the steps of a reasoning have as many words together as its verdict counts", () => {
  // I add them | 5, x | done: signs are no words. Cut at white space they would be nine.
  const reasoning = "I add them.\n\n5 = x +\n\n- done";
  const steps = reasoningSteps(reasoning).reduce((sum, { words }) => sum + words, 0);
  expect(steps).toBe(6);
  expect(measureText(record("q", "7", reasoning), NOTHING).reasoningWords).toBe(steps);
});

test("the measures of one text stand together, tags are no words", () => {
  const facts = measureText(record("Add 3 and 4.", "<answer>7</answer>", "3 and 4 is 7"), {
    ...NOTHING,
    gold: "7",
  });
  expect(facts).toMatchObject({
    verdict: "correct",
    format: [],
    words: 6,
    reasoningWords: 5,
    repetition: 0,
    language: 1,
  });
});

/** Words of a large alphabet, so that shingles do not meet by chance. */
function words(random: Random, count: number): string[] {
  const letter = (): string => String.fromCodePoint(97 + random.int(0, 25));
  return Array.from({ length: count }, () => Array.from({ length: 6 }, letter).join(""));
}

test("the estimated similarity is within three standard errors of Jaccard's", () => {
  const random = new Random(5);
  for (const changed of [0, 2, 5, 10, 20]) {
    const a = words(random, 300);
    const b = a.map((word, i) => (i < changed * 15 && i % 15 === 0 ? `x${word}` : word));
    const shingles = (list: readonly string[]): Set<string> =>
      new Set(list.slice(0, -4).map((_, i) => list.slice(i, i + 5).join(" ")));
    const [sa, sb] = [shingles(a), shingles(b)];
    const both = [...sa].filter((shingle) => sb.has(shingle)).length;
    const jaccard = both / (sa.size + sb.size - both);
    const estimate = similarity(
      fingerprint(a.join(" ")).signature,
      fingerprint(b.join(" ")).signature,
    );
    expect(Math.abs(estimate - jaccard)).toBeLessThan(3 * 0.048);
  }
});

test("texts share a band as often as 1 - (1 - s^8)^14 says", () => {
  const random = new Random(11);
  // 10 of 300 words changed, one in thirty: each takes 5 of 296 shingles, so s = 246/346 = 0.711.
  let met = 0;
  const trials = 60;
  for (let trial = 0; trial < trials; trial++) {
    const a = words(random, 300);
    const b = a.map((word, i) => (i % 30 === 15 ? `x${word}` : word));
    const bands = new Set(fingerprint(a.join(" ")).bands);
    if (fingerprint(b.join(" ")).bands.some((band) => bands.has(band))) met++;
  }
  const s = 246 / 346;
  const expected = 1 - (1 - s ** 8) ** 14;
  const error = Math.sqrt((expected * (1 - expected)) / trials);
  expect(Math.abs(met / trials - expected)).toBeLessThan(3.5 * error);
});

test("case, width and punctuation make no difference to an exact duplicate, order does", () => {
  const { content } = fingerprint("Add 3 and 4, please.");
  expect(fingerprint("ADD ３ and 4 please").content).toBe(content);
  expect(fingerprint("Add 4 and 3, please.").content).not.toBe(content);
  expect(tokensOf("x² = 4−2, 1,234.5 Ｆｕｌｌ")).toEqual([
    "x",
    "2",
    "=",
    "4",
    "−",
    "2",
    "1,234.5",
    "full",
  ]);
});

const BENCHMARK = {
  benchmark: "hard ones",
  id: "h/1",
  prompt:
    "Two trains leave the same station at noon and travel in opposite directions at forty and sixty miles an hour.",
};

test("a benchmark's problem is found as a whole, by 13 words and by 8", () => {
  const index = new ContaminationIndex([BENCHMARK]);
  const find = (prompt: string, reasoning = ""): string | undefined =>
    index.find(record(prompt, "1", reasoning), NOTHING)?.kind;
  expect(find(BENCHMARK.prompt.toUpperCase())).toBe("same-problem");
  expect(find(`Hello. ${BENCHMARK.prompt} Say when.`)).toBe("13-gram");
  expect(find("q", "trains leave the same station at noon and stop")).toBe("8-gram");
  expect(find("trains leave the same station at night and travel")).toBeUndefined();
  expect(index.find(record(`So ${BENCHMARK.prompt}`, "1"), NOTHING)).toMatchObject({
    benchmark: "hard ones",
    problemId: "h/1",
  });
});

test("a phrase that more than ten problems share is no evidence", () => {
  const problems = Array.from({ length: 11 }, (_, i) => ({
    benchmark: "b",
    id: `b/${i}`,
    prompt: `Use each number exactly once with signs and brackets to make the number ${i}`,
  }));
  const index = new ContaminationIndex(problems);
  const text = "Use each number exactly once with signs and brackets to make a cake";
  expect(index.find(record(text, "1"), NOTHING)).toBeNull();
  expect(new ContaminationIndex(problems.slice(0, 10)).find(record(text, "1"), NOTHING)?.kind).toBe(
    "8-gram",
  );
});

test("a short problem must be there as a whole", () => {
  const index = new ContaminationIndex([{ benchmark: "b", id: "b/1", prompt: "Is 97 a prime?" }]);
  expect(index.find(record("Tell me: is 97 a prime? Thanks.", "1"), NOTHING)?.kind).toBe(
    "same-problem",
  );
  expect(index.find(record("Is 96 a prime?", "1"), NOTHING)).toBeNull();
});

test("a prompt of a task's test split is recognised by its problem, training problems are not", () => {
  const draw = (split: "train" | "test", task: "arithmetic" | "countdown") =>
    drawProblems({ source: { task, difficulties: [3] }, split, seed: 1, count: 20 });
  for (const task of [arithmetic, countdown]) {
    for (const problem of draw("test", task.name === "arithmetic" ? "arithmetic" : "countdown")) {
      expect(heldOutProblem(problem.prompt, NOTHING)).toBe(problem.id);
    }
    for (const problem of draw("train", task.name === "arithmetic" ? "arithmetic" : "countdown")) {
      expect(heldOutProblem(problem.prompt, NOTHING)).toBeNull();
    }
  }
  const knights = drawProblems({
    source: { task: "knights-and-knaves", difficulties: [2] },
    split: "test",
    seed: 1,
    count: 1,
  })[0];
  if (knights === undefined) throw new Error("a problem was drawn");
  const reference = { ...NOTHING, task: knights.source, problemId: knights.id };
  expect(splitOf(knights.id)).toBe("test");
  expect(heldOutProblem(knights.prompt, reference)).toBe(knights.id);
});

test("a text of a megabyte is measured in a moment, and no pattern runs away on hostile ones", () => {
  const start = performance.now();
  for (const text of [
    "word ".repeat(200_000),
    "<answer>".repeat(100_000),
    " ".repeat(1_000_000),
    "{\\boxed{".repeat(100_000),
    "answer is ".repeat(100_000),
    "0,".repeat(400_000),
    "a.".repeat(400_000),
  ]) {
    const messages = record(text, text, text);
    measureText(messages, { ...NOTHING, gold: "1" });
    repairFormat(messages);
    removeRepetition(text);
    fingerprint(text);
  }
  expect(performance.now() - start).toBeLessThan(60_000);
});
