/** Which sampled solutions are kept to be learnt from, and what is said of the others: worked out by hand. */
import { expect, test } from "vitest";
import { acceptanceMetrics, acceptanceOf } from "#shared/schema/acceptance.ts";
import { TraceSelection as Options } from "#shared/schema/stages/trace-options.ts";
import { TraceSelection } from "#main/core/curation/trace-selection.ts";
import type { SampledTrace } from "#main/core/curation/trace-selection.ts";

const right: SampledTrace = {
  prompt: "What is three plus four?",
  text: "<think>Three plus four makes seven.</think><answer>7</answer>",
  ...{ tokens: 20, finished: true, formed: true, correct: true },
};

function rejected(selection: TraceSelection): Record<string, number> {
  return Object.fromEntries(
    selection.report().rejected.map(({ reason, count }) => [reason, count]),
  );
}

test("without options right solutions in the form that was asked for are kept", () => {
  const selection = new TraceSelection(Options.parse({}));
  expect(selection.admits(right)).toBe(true);
  expect(selection.admits({ ...right, finished: false, correct: false })).toBe(false);
  expect(selection.admits({ ...right, formed: false, correct: false })).toBe(false);
  expect(selection.admits({ ...right, correct: false })).toBe(false);
  expect(selection.admits({ ...right, text: "好", tokens: 9000 })).toBe(true);
  expect(rejected(selection)).toEqual({ unfinished: 1, malformed: 1, wrong: 1 });
});

test("length, language and readability leave solutions out, each for the first reason that holds", () => {
  const selection = new TraceSelection(
    Options.parse({
      min_trace_tokens: 10,
      max_trace_tokens: 30,
      min_language: 0.9,
      min_readability: 60,
    }),
  );
  // One paragraph of more than 400 characters in one sentence of more than 60 words: nothing of it reads well.
  const wall = `<think>${"incomprehensible considerations notwithstanding ".repeat(25)}</think>`;
  expect(selection.admits(right)).toBe(true);
  expect(selection.admits({ ...right, tokens: 9 })).toBe(false);
  expect(selection.admits({ ...right, tokens: 31 })).toBe(false);
  // Seven English words of which three are Chinese: 4 of 7.
  const mixed = "<think>Three plus four makes 七七七.</think><answer>7</answer>";
  expect(selection.admits({ ...right, text: mixed })).toBe(false);
  expect(selection.admits({ ...right, text: wall })).toBe(false);
  expect(rejected(selection)).toEqual({
    ...{ too_short: 1, too_long: 1, mixed_language: 1, unreadable: 1 },
  });
});

test("problems without a right answer keep what is in no form and verified by nobody, where that is asked", () => {
  const selection = new TraceSelection(
    Options.parse({ require_correct: false, require_format: false }),
  );
  expect(selection.admits({ ...right, formed: false, correct: false })).toBe(true);
});

test("the best by reward are kept, earlier ones first where rewards are equal", () => {
  const selection = new TraceSelection(
    Options.parse({ rewards: [{ name: "answer" }], min_reward: 0.5, max_per_prompt: 2 }),
  );
  const kept = selection.best([
    { text: "a", reward: 0.6 },
    { text: "b", reward: 0.9 },
    { text: "b", reward: 0.9 },
    { text: "c", reward: null },
    { text: "d", reward: 0.4 },
    { text: "e", reward: 0.6 },
  ]);
  expect(kept.map(({ text }) => text)).toEqual(["b", "a"]);
  expect(rejected(selection)).toEqual({ duplicate: 1, over_cap: 1, low_reward: 2 });
});

test("without rewards the first that were sampled are kept", () => {
  const selection = new TraceSelection(Options.parse({ max_per_prompt: 2 }));
  const texts = ["a", "a", "b", "c"].map((text) => ({ text, reward: null }));
  expect(selection.best(texts).map(({ text }) => text)).toEqual(["a", "b"]);
  expect(rejected(selection)).toEqual({ duplicate: 1, over_cap: 1 });
});

test("what nearly repeats a kept solution is left out, of another prompt too", () => {
  const story =
    "Once there was a fox who lived by the river and every morning it went down to the water to look for its " +
    "breakfast, and one day it found a small silver key that lay between two stones, and it wondered whose it was.";
  const nearly = story.replace("small silver key", "tiny silver key");
  const other =
    "A bird sat on the roof of the old mill and sang until the miller woke up and opened the door.";
  const one = (text: string) => [{ text, reward: null }];
  const selection = new TraceSelection(Options.parse({ drop_near_duplicates: true }));
  expect([story, nearly, other].map((text) => selection.best(one(text)).length)).toEqual([1, 0, 1]);
  expect(rejected(selection)).toEqual({ near_duplicate: 1 });
  const all = new TraceSelection(Options.parse({}));
  expect([story, nearly].map((text) => all.best(one(text)).length)).toEqual([1, 1]);
});

test("a run's metrics hold the report, and those of a run before there were reasons do not", () => {
  const report = {
    sampled: 10,
    kept: 3,
    rejected: [
      { reason: "wrong" as const, count: 5 },
      { reason: "over_cap" as const, count: 2 },
    ],
  };
  const metrics = (values: Record<string, number>) =>
    Object.entries(values).map(([name, lastValue]) => ({ name, lastValue }));
  expect(acceptanceOf(metrics({ ...acceptanceMetrics(report), tokens_sampled: 400 }))).toEqual(
    report,
  );
  expect(acceptanceOf(metrics({ completions_sampled: 10, traces_kept: 3 }))).toBeNull();
  expect(acceptanceOf(metrics({ loss: 1 }))).toBeNull();
});
