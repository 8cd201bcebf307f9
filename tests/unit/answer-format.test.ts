/** The answer of a completion in the form that a recipe asks for. */
import { expect, test } from "vitest";
import { extractAs } from "#main/core/verifiers/answers/answer-format.ts";

test("tags are read after the thinking alone", () => {
  expect(extractAs("tags", "<think>a</think><answer> 5 </answer>")).toBe("5");
  expect(extractAs("tags", "<answer>5</answer>")).toBeNull();
});

test("the last complete box after the thinking is the answer", () => {
  expect(extractAs("boxed", String.raw`so \boxed{\frac{1}{2}}.`)).toBe(String.raw`\frac{1}{2}`);
  expect(extractAs("boxed", String.raw`\boxed{1}, no, \boxed{2}`)).toBe("2");
  expect(extractAs("boxed", String.raw`\boxed{1} and then \boxed{2`)).toBe("1");
  expect(extractAs("boxed", String.raw`\boxed {3}`)).toBe("3");
  expect(extractAs("boxed", String.raw`<think>\boxed{1}</think>none`)).toBeNull();
  expect(extractAs("boxed", String.raw`<think>\boxed{1}</think>\boxed{2}`)).toBe("2");
  expect(extractAs("boxed", "<answer>5</answer>")).toBeNull();
});

test("boxes side by side are one answer, so that two guesses are not the second", () => {
  expect(extractAs("boxed", String.raw`\boxed{1} or \boxed{72}`)).toBe("1, 72");
});

test("the last line that is not blank is the answer", () => {
  expect(extractAs("last-line", "first\nsecond \n\n  \n")).toBe("second");
  expect(extractAs("last-line", "<think>first\n</think>")).toBeNull();
  expect(extractAs("last-line", "\r\n one\r\n")).toBe("one");
  expect(extractAs("last-line", "")).toBeNull();
});
