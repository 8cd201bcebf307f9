/** What the playground makes of tokens and turns. */
import { describe, expect, test } from "vitest";
import { messagesUpTo } from "#renderer/features/playground/keeping/record-of-turns.ts";
import { thinkParts } from "#renderer/features/playground/reading/tokens/think-parts.ts";
import { shadeOf, tokenLabel } from "#renderer/features/playground/reading/tokens/token-shade.ts";
import {
  beforeAnswer,
  contentOf,
  DEFAULT_OPTIONS,
  emptyTrial,
  messagesOf,
  newTurn,
  trialOf,
  withModels,
} from "#renderer/features/playground/trial/trial.ts";
import { trialReducer } from "#renderer/features/playground/trial/trial-state.ts";
import type { TrialAction } from "#renderer/features/playground/trial/trial-state.ts";
import type { Trial } from "#renderer/features/playground/trial/trial.ts";

const pieces = (...texts: readonly string[]) => texts.map((text) => ({ text }));
const joined = (parts: readonly { readonly text: string }[]): string =>
  parts.map(({ text }) => text).join("");

describe("reasoning", () => {
  test.each([
    ["with both tags", ["<think>", "a", "b", "</think>", "\n42"], "<think>ab</think>", "\n42"],
    ["whose tags span tokens", ["<th", "ink>a", "</", "think>", "42"], "<think>a</think>", "42"],
    ["that the prompt opened", ["so", " 42</think>", "42"], "so 42</think>", "42"],
    ["that is still being written", ["<think>", "so"], "<think>so", ""],
    ["that is not there", ["4", "2"], "", "42"],
    ["that is mentioned later only", ["say <think>"], "", "say <think>"],
  ])("%s", (_, texts, reasoning, rest) => {
    const parts = thinkParts(pieces(...texts));
    expect([joined(parts.reasoning), joined(parts.rest)]).toEqual([reasoning, rest]);
  });
});

test("a token is shaded by how unlikely it was, from half on", () => {
  const shades = [0.9, 0.5, 0.49, 0.19, 0.04, 0.009].map((p) => shadeOf(Math.log(p)));
  expect(shades).toEqual([undefined, undefined, "p1", "p2", "p3", "p4"]);
  expect(tokenLabel(" a\n")).toBe("␣a↵");
  expect(tokenLabel("")).toBe("nothing");
});

const user = newTurn("user", "2 + 2?");
const answer = newTurn("assistant", "<think>\nas told\n</think>\n<answer>4</answer>");
const trial: Trial = {
  threadId: "t-1",
  mode: "chat",
  options: DEFAULT_OPTIONS,
  problem: undefined,
  sides: [
    { model: "one", turns: [user, answer, newTurn("user", "sure?"), newTurn("assistant", "")] },
  ],
};

test("a model is asked with what was said, without answers that never came", () => {
  expect(messagesOf("Be brief.", trial.sides[0]?.turns ?? [])).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: "2 + 2?" },
    { role: "assistant", content: answer.content },
    { role: "user", content: "sure?" },
  ]);
});

test("answering again begins after the last question", () => {
  expect(beforeAnswer([user, answer])).toEqual([user]);
  expect(beforeAnswer([answer])).toEqual([]);
});

test("a record divides the answer into reasoning and what follows, without the tags", () => {
  expect(messagesUpTo("", trial.sides[0]?.turns ?? [], answer)).toEqual([
    { role: "user", content: "2 + 2?", reasoning: null },
    { role: "assistant", reasoning: "as told", content: "<answer>4</answer>" },
  ]);
});

test("a trial that is kept and opened again is the same, its system text too", () => {
  const content = contentOf(trial, "Be brief.");
  const summary = { id: "t-1", title: "", createdAtMs: 1, updatedAtMs: 1 };
  const opened = trialOf({ ...summary, content }, undefined);
  expect(opened.system).toBe("Be brief.");
  expect(contentOf(opened.trial, opened.system)).toEqual(content);
});

test("a model that joins begins with nothing said, and a side that changes its model keeps its turns", () => {
  const two = withModels(trial, ["one", "two"]);
  expect(two.sides.map(({ turns }) => turns.length)).toEqual([4, 0]);
  expect(withModels(two, ["two"]).sides).toEqual([{ model: "two", turns: trial.sides[0]?.turns }]);
});

describe("a trial on screen", () => {
  const answer = newTurn("assistant", "", { pieces: [], state: "waiting" });
  const asked: Trial = {
    ...emptyTrial("chat", ["m"]),
    sides: [{ model: "m", turns: [newTurn("user", "2 + 2?"), answer] }],
  };
  const START = { trial: emptyTrial("chat", ["m"]), system: "", failure: undefined };
  const after = (...actions: readonly TrialAction[]) => actions.reduce(trialReducer, START);
  const piece = (text: string) => ({ id: 1, token: text, text, bytes: [], logprob: -1, top: null });

  test("gains the text and the tokens of an answer as they are written", () => {
    const { trial } = after(
      { type: "asked", trial: asked },
      { type: "answering", key: answer.key, state: "loading" },
      { type: "written", key: answer.key, pieces: [piece("4"), piece(".")] },
      { type: "written", key: answer.key, pieces: [piece(" Yes")] },
    );
    const [question, written] = trial.sides[0]?.turns ?? [];
    expect(question?.content).toBe("2 + 2?");
    expect(written).toMatchObject({ content: "4. Yes", state: "writing" });
    expect(written?.pieces).toHaveLength(3);
  });

  test("takes the id that it was saved under, unless another trial has taken its place", () => {
    const saved: TrialAction = { type: "saved", threadId: undefined, id: "t1" };
    expect(after({ type: "asked", trial: asked }, saved).trial.threadId).toBe("t1");
    const opened: TrialAction = {
      type: "opened",
      trial: { ...asked, threadId: "t2" },
      system: "",
    };
    expect(after({ type: "asked", trial: asked }, opened, saved).trial.threadId).toBe("t2");
  });

  test("begins anew with its models and options, without turns, problem and failure", () => {
    const failure = { message: "The disk is full.", advice: undefined };
    const { trial, failure: left } = after(
      { type: "options", options: { ...DEFAULT_OPTIONS, seed: 7 } },
      { type: "failed", failure },
      { type: "begin" },
    );
    expect(left).toBeUndefined();
    expect(trial.options.seed).toBe(7);
    expect(trial.sides).toEqual([{ model: "m", turns: [] }]);
  });
});
