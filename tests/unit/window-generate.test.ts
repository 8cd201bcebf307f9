import { expect, test } from "vitest";
import {
  FIRST_CHOICE,
  generateRequest,
} from "#renderer/features/datasets/generate/generate-choice.ts";

const CHOICE = { ...FIRST_CHOICE, name: "cold", from: "set", set: "words", count: "16" } as const;

test("a teacher is asked a set's training side, or what the filter finds of it", () => {
  expect(generateRequest(CHOICE, undefined, "base")?.prompts).toEqual({
    source: { problems: "words", split: "train" },
    count: 16,
  });
  const where = " pass_rate:0.1..0.9 ";
  expect(generateRequest({ ...CHOICE, where }, undefined, "base")?.prompts).toEqual({
    source: { problems: "words", split: "train", where: "pass_rate:0.1..0.9" },
    count: 16,
  });
});

test("nothing is asked without a set, or by a filter that is not understood", () => {
  expect(generateRequest({ ...CHOICE, set: "" }, undefined, "base")).toBeUndefined();
  expect(generateRequest({ ...CHOICE, where: "pass_rate:x" }, undefined, "base")).toBeUndefined();
});
