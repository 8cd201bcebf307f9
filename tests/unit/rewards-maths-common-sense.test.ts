/** Verdicts worked out by hand, by kind; what people reported; and one reading wherever answers are judged. */
import type { Problem } from "#main/core/problems/problem.ts";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { answerRule } from "#main/core/verifiers/answers/answer-rule.ts";
import { verdictOf } from "#main/core/curation/verdict.ts";
import { verifyMaths } from "#main/core/verifiers/maths/verify-maths.ts";
import { scoreText } from "#main/core/verifiers/judging/score-text.ts";
import { problemWith } from "../helpers/problem-with.ts";
import { gradeAnswers } from "#main/core/evaluation/grade-answers.ts";

const MATHS = answerRule("maths");
const Case = z.strictObject({
  kind: z.string(),
  gold: z.string(),
  answer: z.string(),
  correct: z.boolean(),
});
const FOLDER = new URL("../fixtures/maths/", import.meta.url);
const CASES = linesOf("common-sense.jsonl").map((line) => Case.parse(line));
const KINDS = [...new Set(CASES.map(({ kind }) => kind))];

function linesOf(name: string): unknown[] {
  return readFileSync(new URL(name, FOLDER), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}

function problemOf(gold: string): Problem {
  return problemWith({ gold });
}

function wrong(kind: string, judge: (gold: string, answer: string) => boolean): string[] {
  return CASES.filter((one) => one.kind === kind)
    .filter(({ gold, answer, correct }) => judge(gold, answer) !== correct)
    .map(({ gold, answer, correct }) => `${gold} | ${answer} is ${correct ? "right" : "wrong"}`);
}

test.each(KINDS)("grading decides by common sense: %s", (kind) => {
  expect(wrong(kind, (gold, answer) => verifyMaths(gold, answer))).toEqual([]);
});

test.each(KINDS)(
  "rewards, strict and lenient scores and verified data decide alike: %s",
  (kind) => {
    expect(wrong(kind, (gold, answer) => MATHS.verify(problemOf(gold), answer).correct)).toEqual(
      [],
    );
    const strict = (gold: string, answer: string): boolean =>
      scoreText(problemOf(gold), `<think></think><answer>${answer}</answer>`, "strict").correct;
    expect(wrong(kind, strict)).toEqual([]);
    const lenient = (gold: string, answer: string): boolean =>
      scoreText(problemOf(gold), answer, "lenient").correct;
    expect(wrong(kind, lenient)).toEqual([]);
    expect(wrong(kind, isVerified)).toEqual([]);
  },
);

function isVerified(gold: string, answer: string): boolean {
  const messages = [
    { role: "user" as const, content: "?", reasoning: null },
    { role: "assistant" as const, content: answer, reasoning: null },
  ];
  const reference = { task: null, problemId: null, difficulty: null, gold, data: null };
  return verdictOf(messages, reference).verdict === "correct";
}

const reported = readdirSync(new URL("reported/", FOLDER)).filter((name) =>
  name.endsWith(".want.json"),
);

test.each(reported)("reported: the file of %s is graded right", (want) => {
  const folder = mkdtempSync(join(tmpdir(), "gradus-grade-"));
  const out = join(folder, "out.jsonl");
  const cases = new URL(`reported/${want.replace(".want.json", ".jsonl")}`, FOLDER);
  gradeAnswers(cases.pathname, out);
  const verdicts = readFileSync(out, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => z.object({ correct: z.boolean() }).parse(JSON.parse(line)).correct);
  rmSync(folder, { recursive: true });
  expect(verdicts).toEqual(JSON.parse(readFileSync(new URL(`reported/${want}`, FOLDER), "utf8")));
});

const Row = z.object({ completion: z.string(), gold: z.string() });

test("reported: the lenient reading takes a number in groups and a whole list", () => {
  for (const { completion, gold } of linesOf("reported/maths-lenient-reading.jsonl").map((line) =>
    Row.parse(line),
  )) {
    expect(isVerified(gold, completion)).toBe(true);
    expect(verifyMaths(gold, completion)).toBe(true);
  }
  expect(MATHS.extractLenient("10 000")).toBe("10 000");
  expect(MATHS.extractLenient("So we get a=-2 or a=1.")).toBe("a=-2 or a=1");
  expect(MATHS.extractLenient("So we get $a=-2$ or $a=1$.")).toBe("$a=-2$ or $a=1$");
  expect(MATHS.extractLenient("x+1")).toBe("x+1");
});

const PARTS =
  String.raw`\frac \sqrt \begin{pmatrix} \end{pmatrix} \begin{array}{cc} \boxed{ \text{ \mathbf{ \lim_{ \sum_{k=1}^{ \overline{ \pm \cdots \ldots != <= = < > ( ) [ ] { } | $ $$ \[ \] \( \) ^ _ & \\ , ; : ... . ! % ' " ° − – ² ₁ ½ １ … ∞ √ ≠ ± × 答案是 answer is not or and 12 1,234 0,125 1\,234 1e9 1e-7 0.5 x y e i km m^2 AB \det ^{-1} ^T`.split(
    " ",
  );

test("texts put together at random end in a verdict, the same each time", () => {
  const random = mulberry32(7);
  for (let i = 0; i < 4000; i++) {
    const count = 1 + Math.floor(random() * 24);
    const text = Array.from(
      { length: count },
      () => PARTS[Math.floor(random() * PARTS.length)] ?? "",
    ).join(random() < 0.5 ? " " : "");
    const gold = random() < 0.5 ? "12" : `$${text}$`;
    const verdict = verifyMaths(gold, text);
    expect(verifyMaths(gold, text)).toBe(verdict);
    expect(MATHS.verify(problemOf(gold), text).correct).toBeTypeOf("boolean");
    expect(MATHS.extractLenient(text)).not.toBe(undefined);
  }
});

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test("hostile texts of the greatest length that is read end soon: none takes time beyond linear", () => {
  const texts = (count: number): string[] => [
    "1 or ".repeat(count),
    "x = 1, ".repeat(count),
    "(3, 3) ".repeat(count),
    "1:00 ".repeat(count),
    "5 km ".repeat(count),
    "2x+1 ".repeat(count),
    "x<".repeat(count),
    "((((1".repeat(count),
    String.raw`\boxed{1}, `.repeat(count),
    String.raw`\boxed{`.repeat(count),
    String.raw`\text{1}`.repeat(count),
    String.raw`$1\,234$ `.repeat(count),
    "1,234".repeat(count),
    "1 234 ".repeat(count),
    "1 1/4 ".repeat(count),
    "½x²−5".repeat(count),
    "答案是".repeat(count),
    `$${"1,2,\\ldots,".repeat(count)}$`,
    "not 5 ".repeat(count),
    "1e9e".repeat(count),
    "_".repeat(count),
    "1_2".repeat(count),
    "m^2 per ".repeat(count),
    `$1${"\\,".repeat(count)}2$`,
    `$${"\\mathbf{".repeat(count)}$`,
  ];
  const timeOf = (text: string): number => {
    const startedAtMs = performance.now();
    verifyMaths("15", text);
    MATHS.extractLenient(text);
    return performance.now() - startedAtMs;
  };
  // Under 0.3 s each on an idle machine; a quadratic search takes minutes.
  const slow = texts(25_000).filter((text) => timeOf(text) > 4000);
  expect(slow.map((text) => text.slice(0, 20))).toEqual([]);
});
