/** How a problem is put to a model: system prompt, template, R1-Zero's plain text, and the form of its answer. */
import { describe, expect, test } from "vitest";
import { askedMessages, missingColumns } from "#main/core/text/prompt-ids.ts";
import { formatReward } from "#main/core/rewards/format.ts";
import { problemWith } from "../helpers/problem-with.ts";

const PROBLEM = problemWith({
  prompt: "How many?",
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Two trains." },
    { role: "assistant", content: "Yes?" },
    { role: "user", content: "How many?" },
  ],
  columns: { unit: "km", hints: ["a", "b"] },
});

describe("a problem's conversation", () => {
  test("is its own messages", () => {
    expect(askedMessages(PROBLEM)).toEqual(PROBLEM.messages);
  });

  test("has the stage's system prompt in the place of its own", () => {
    const asked = askedMessages(PROBLEM, { system_prompt: "Think first." });
    expect(asked.map(({ content }) => content)).toEqual([
      "Think first.",
      "Two trains.",
      "Yes?",
      "How many?",
    ]);
  });

  test("has the template's text as its last turn", () => {
    const template = "{{ prompt }} In {{ unit }}.{% for hint in hints %} {{ hint }}{% endfor %}";
    expect(askedMessages(PROBLEM, { prompt_template: template }).at(-1)?.content).toBe(
      "How many? In km. a b",
    );
  });

  test.each([
    "{{ prompt",
    "{{ prompt | nofilter }}",
    "{% for i in range(100000000) %}x{% endfor %}",
  ])("template %j is refused in words", (template) => {
    expect(() => askedMessages(PROBLEM, { prompt_template: template })).toThrow(
      /prompt_template cannot be rendered/,
    );
  });
});

test.each([
  ["{{ prompt }} in {{ unit }}", []],
  ["{{ prompt }} in {{ units }}", ["units"]],
  ["{{ meta.name }}{{ other['x'] | upper }}", ["meta", "other"]],
  ["{% if topic %}{{ topic }}{% else %}{{ prompt }}{% endif %}", []],
  ["{{ topic if topic else place }}", ["place"]],
  ['{{ topic | default("none") }}{{ topic is defined }}', []],
  ["{% for hint in hints %}{{ loop.index }}{{ hint }}{% endfor %}{{ hint }}", ["hint"]],
  ["{% set a = b %}{{ a }}{% for i in range(2) %}{{ i }}{% endfor %}", ["b"]],
  ["r1-zero", []],
])("template %j needs of a problem's columns %j that it does not have", (template, missing) => {
  expect(missingColumns(PROBLEM, { prompt_template: template })).toEqual(missing);
});

test.each([
  ["boxed", String.raw`<think>a</think> \boxed{1}`, 1],
  ["boxed", "<think>a</think> 1", 0],
  ["boxed", String.raw`\boxed{1}`, 0],
  ["last-line", "<think>a</think>\n1", 1],
  ["last-line", "<think> </think>\n1", 0],
  ["tags", "<think>a</think><answer>1</answer>", 1],
  ["tags", String.raw`<think>a</think> \boxed{1}`, 0],
] as const)("the form %s of %j earns %d", (answerFormat, completionText, value) => {
  expect(formatReward({ completionText, answerFormat })).toBe(value);
});
