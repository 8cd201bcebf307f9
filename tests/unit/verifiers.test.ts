/** Every verifier against cases worked out by hand, random texts and the clock. */
import { readFileSync, readdirSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { JsonValue } from "#shared/schema/json-value.ts";
import { VerifierName } from "#shared/schema/problem.ts";
import { judgeCompletion } from "#main/core/verifiers/judging/judge-completion.ts";
import { verifyMaths } from "#main/core/verifiers/maths/verify-maths.ts";
import { listVerifiers, verifierByName } from "#main/core/verifiers/registry.ts";
import type { Judged, Verdict, Verifier } from "#main/core/verifiers/verifier.ts";
import { FUZZ_TIMEOUT, fuzzRuns, LongestCalls } from "../helpers/fuzz-calls.ts";

const JsonObject = z.record(z.string(), JsonValue);
const Case = z.strictObject({
  verifier: z.string().optional(),
  gold: z.string().nullable(),
  options: JsonObject.default({}),
  answer: z.string(),
  repeat: z.int().optional(),
  completion: z.literal(true).optional(),
  correct: z.boolean(),
  score: z.number().optional(),
});
type Case = z.infer<typeof Case>;

const FIXTURES = new URL("../fixtures/", import.meta.url);

function linesOf(path: string): unknown[] {
  return readFileSync(new URL(path, FIXTURES), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}

function named(name: string): Verifier {
  const verifier = verifierByName(name);
  if (verifier === undefined) throw new Error(`there is no verifier ${name}`);
  return verifier;
}

const NAMES = listVerifiers().map(({ name }) => name);
const CASES = new Map(
  NAMES.map((name) => [name, linesOf(`verifiers/${name}.jsonl`).map((line) => Case.parse(line))]),
);

function verdictOn(verifier: Verifier, one: Case, isCompletion: boolean): Verdict {
  const judged: Judged = { gold: one.gold, options: one.options };
  const answer = one.answer.repeat(one.repeat ?? 1);
  return isCompletion ? judgeCompletion(verifier, judged, answer) : verifier.verify(judged, answer);
}

function differences(cases: readonly Case[], judge: (one: Case) => Verdict): string[] {
  return cases.flatMap((one) => {
    const { correct, score, detail } = judge(one);
    const wanted = one.score ?? (one.correct ? 1 : 0);
    if (correct === one.correct && Math.abs(score - wanted) < 1e-9) return [];
    return `${JSON.stringify(one)} got ${String(correct)} ${String(score)}: ${detail}`;
  });
}

describe.each(NAMES)("%s", (name) => {
  const verifier = named(name);
  const cases = CASES.get(name) ?? [];

  test("at least 40 answers are judged as worked out by hand", () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
    const wrong = differences(cases, (one) => verdictOn(verifier, one, one.completion === true));
    expect(wrong).toEqual([]);
  });

  test("an answer alone between tags is judged as the answer itself", () => {
    const alone = cases.filter(({ completion }) => completion === undefined);
    const tagged = (one: Case): Verdict =>
      judgeCompletion(
        verifier,
        { gold: one.gold, options: one.options },
        `<think>hm</think>\n<answer>${one.answer.repeat(one.repeat ?? 1)}</answer>`,
      );
    expect(differences(alone, tagged)).toEqual([]);
  });

  test("a gold that no right answer could have is refused in words, and every other is accepted", () => {
    const refused = cases.map((one) => ({ ...one, refusal: verifier.refusal(one) }));
    const judgeable = refused.filter(({ correct, score }) => correct || score !== undefined);
    expect(judgeable.filter(({ refusal }) => refusal !== null)).toEqual([]);
    for (const { refusal } of refused) expect(refusal ?? "A sentence.").toMatch(/^[A-Z].*\.$/u);
  });

  test("an option that there is not is refused", () => {
    const judged = { gold: "1", options: { surprise: true } };
    expect(verifier.refusal(judged)).toMatch(/^There is no option surprise; there are /u);
    expect(verifier.verify(judged, "1")).toMatchObject({ correct: false, score: 0 });
  });

  test("random texts end in a verdict, alike each time", { timeout: FUZZ_TIMEOUT }, () => {
    const [first] = cases;
    const judged = cases.slice(0, 5).map(({ gold, options }): Judged => ({ gold, options }));
    const texts = [...new Set(cases.map(({ answer }) => answer))];
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.string({ unit: "grapheme", maxLength: 20 }),
      fc.constantFrom(...texts),
      fc.constantFrom(
        "\\boxed{",
        "}",
        "$",
        "<answer>",
        "</answer>",
        "#### ",
        " or ",
        "(B)",
        ",",
        ".",
      ),
    );
    expect(first).toBeDefined();
    const calls = new LongestCalls();
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const text = pieces.join("");
        for (const one of judged) {
          const verdict = calls.time(name, () => verifier.verify(one, text));
          expect(verdict.score === 1).toBe(verdict.correct);
          expect(verdict.score).toBeGreaterThanOrEqual(0);
          calls.time(`${name}, whole completions`, () => judgeCompletion(verifier, one, text));
        }
        expect(verifier.answerKey(text)).toBe(verifier.answerKey(text));
      }),
      { numRuns: fuzzRuns(300), seed: 7 },
    );
    expect(calls.above(100)).toEqual([]);
  });

  test("no text of 100,000 characters takes long", () => {
    const golds = cases.slice(0, 3).map(({ gold, options }): Judged => ({ gold, options }));
    const texts = [
      "1",
      "a ",
      ",",
      "[",
      "{",
      "\\boxed{",
      "$",
      "(",
      "answer is ",
      "1 or ",
      "\n",
      '"',
      "A) ",
      "é",
      "1.",
      "  ",
    ].map((part) => part.repeat(Math.ceil(100_000 / part.length)));
    for (const text of texts)
      for (const judged of golds) {
        const startedAt = process.cpuUsage();
        judgeCompletion(verifier, judged, text);
        verifier.verify(judged, text);
        verifier.answerKey(text);
        const { user, system } = process.cpuUsage(startedAt);
        // A bound for a busy machine; bench/verifiers.ts prints what a quiet one takes.
        expect((user + system) / 1000).toBeLessThan(1000);
      }
  });
});

test("every verifier has a name of the schema", () => {
  expect(NAMES).toEqual(expect.arrayContaining(["maths", "text"]));
  expect(VerifierName.options).toEqual(expect.arrayContaining(NAMES));
  expect(new Set(NAMES).size).toBe(NAMES.length);
  expect(verifierByName("surprise")).toBeUndefined();
});

test("whole completions are judged by their tags, their mark, their box, or as a text", () => {
  const cases = linesOf("verifiers/completions.jsonl").map((line) => Case.parse(line));
  const judge = (one: Case): Verdict => verdictOn(named(one.verifier ?? ""), one, true);
  expect(differences(cases, judge)).toEqual([]);
});

test("as a whole completion, mathematics is what the grader of answers says", () => {
  const Graded = z.object({
    gold: z.string(),
    answer: z.string(),
    match: z.array(z.enum(["latex", "expr"])).optional(),
    precision: z.int().optional(),
    strict: z.boolean().optional(),
    allow_set_relation_comp: z.boolean().optional(),
  });
  const folder = readdirSync(new URL("maths/reported/", FIXTURES))
    .filter((name) => name.endsWith(".jsonl") && !name.includes("lenient"))
    .map((name) => `maths/reported/${name}`);
  const cases = ["maths/math-verify.jsonl", "maths/common-sense.jsonl", ...folder]
    .flatMap(linesOf)
    .map((line) => Graded.parse(line));
  expect(cases.length).toBeGreaterThan(3000);
  const different = cases.filter(({ gold, answer, ...options }) => {
    const wanted = verifyMaths(gold, answer, {
      match: options.match ?? ["latex", "expr"],
      precision: options.precision ?? 6,
      strict: options.strict ?? true,
      allowSetRelation: options.allow_set_relation_comp ?? false,
    });
    const judged = { gold, options: JsonObject.parse(JSON.parse(JSON.stringify(options))) };
    return judgeCompletion(named("maths"), judged, answer).correct !== wanted;
  });
  // The grader, like its reference, knows no answer tags.
  const tagged = "<answer>0.5</answer>";
  expect(different.map(({ gold, answer }) => `${gold} | ${answer}`).toSorted()).toEqual(
    [String.raw`$\frac{1}{2}$`, "0.5", "1/2"].map((gold) => `${gold} | ${tagged}`),
  );
});

test.each([
  ["Paris", false],
  ["no idea what this is", false],
  ["(((", false],
  ["-", false],
  ["$$", false],
  ["A", true],
  ["x", true],
  ["sin x", true],
  [String.raw`\text{Evelyn}`, true],
  [String.raw`\frac12`, true],
  ["x+1", true],
  ["5 km", true],
  ["12:30", true],
])("that mathematics reads the gold %j is %s", (gold, understood) => {
  expect(named("maths").refusal({ gold, options: {} }) === null).toBe(understood);
});
