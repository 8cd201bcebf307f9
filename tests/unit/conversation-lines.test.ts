import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readConversation, readConversations } from "#main/core/examples/conversation-lines.ts";

const TEXTS = fileURLToPath(new URL("../fixtures/datasets/texts.jsonl", import.meta.url));

test("a file's texts reach the training as they stand, with reasoning that has a field", () => {
  const [first] = readFileSync(TEXTS, "utf8").split("\n");
  const [tags, field] = readConversations(TEXTS);
  expect(tags).toEqual((JSON.parse(first ?? "") as { messages: unknown }).messages);
  expect(field?.[1]?.content).toBe("<think>\nSix sevens are forty-two.\n</think>\n42");
});

const line = (...turns: object[]): string =>
  JSON.stringify({ messages: [{ role: "user", content: "q" }, ...turns] });

test.each(["reasoning_content", "reasoning", "thinking"])(
  "%s is reasoning, and empty is none",
  (name) => {
    const read = (text: string) =>
      readConversation(line({ role: "assistant", content: "5", [name]: text }))[1]?.content;
    expect(read("Because.")).toBe("<think>\nBecause.\n</think>\n5");
    expect(read("")).toBe("5");
  },
);

test("an answer of weight 0 is read and not trained on; where all are, nothing is left", () => {
  const answer = (weight: number) => ({ role: "assistant", content: "a", weight });
  const conversation = readConversation(line(answer(0), { role: "user", content: "r" }, answer(1)));
  expect(conversation.map(({ trained }) => trained)).toEqual([
    undefined,
    false,
    undefined,
    undefined,
  ]);
  expect(() => readConversation(line(answer(0)))).toThrow(/Every answer has weight 0/);
  expect(() => readConversation(line(answer(0.5)))).toThrow(/Message 2 has weight 0.5/);
});
