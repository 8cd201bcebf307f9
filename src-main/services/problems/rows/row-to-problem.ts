/** One row of a file as a problem, by a mapping; or why it cannot be one. What no part of it takes is its columns. */
import { z } from "zod";
import { JsonValue } from "#shared/schema/json-value.ts";
import { VerifierName } from "#shared/schema/problem.ts";
import type { ProblemMessage, ProblemSplit, VerifierSpec } from "#shared/schema/problem.ts";
import type { ProblemMapping } from "#shared/schema/problem-import.ts";
import { isObject, NO_NUMBERS } from "#main/core/tables/source-row.ts";
import type { SourceRow } from "#main/core/tables/source-row.ts";
import type { IncomingProblem } from "#main/store/problems/problem-content.ts";
import { languageOfTests } from "#main/core/verifiers/code/code-tests.ts";
import { BadRowError, OPENAI_KEYS, SHAREGPT_KEYS, turnOf } from "../../datasets/rows/turns.ts";
import { askedWithChoices, listedChoices, shuffledChoices } from "./problem-choices.ts";
import { plainNumbers, ProblemCells, scalarText } from "./problem-cells.ts";
import { sideOf } from "./problem-side.ts";
import { goldOf } from "./problem-gold.ts";
import { codeProblem } from "./problem-tests.ts";
import { isTestCases } from "./test-cases.ts";

export interface ProblemRowOptions {
  readonly table: boolean;
  /** For every problem, whatever the row says. */
  readonly verifier?: VerifierName | undefined;
}

/** A problem whose side the whole file decides, where no column says it. */
export type SidelessProblem = Omit<IncomingProblem, "split"> & {
  readonly split: ProblemSplit | null;
};

const LONGEST_TEXT = 8_000_000;
const MOST_TURNS = 1000;

export function rowToProblem(
  row: Extract<SourceRow, { value: unknown }>,
  mapping: ProblemMapping,
  options: ProblemRowOptions,
): SidelessProblem | { readonly bad: string } {
  const cells = new ProblemCells(row.value, options.table, row.numbers ?? NO_NUMBERS);
  try {
    const problem = read(cells, mapping, options, String(row.line));
    checkTexts(problem);
    return problem;
  } catch (error) {
    if (error instanceof BadRowError) return { bad: error.message };
    throw error;
  }
}

type Asked = {
  readonly messages: readonly ProblemMessage[];
  readonly gold: string | null;
  readonly verifier: VerifierSpec;
  readonly solution: string | null;
};

function read(
  cells: ProblemCells,
  mapping: ProblemMapping,
  options: ProblemRowOptions,
  line: string,
): SidelessProblem {
  const { messages, gold, verifier, solution } = askedOf(cells, mapping, options);
  const tags = tagsOf(cells, mapping);
  const difficulty = difficultyOf(cells, mapping);
  const spec = specOf(cells, mapping, options, verifier);
  const id = cells.text(mapping.id) ?? line;
  const split = splitOf(cells, mapping);
  cells.take(
    mapping.prompt,
    mapping.messages,
    mapping.system,
    mapping.answer,
    mapping.solution,
    mapping.tests,
    mapping.entry_point,
    mapping.setup,
    mapping.id,
    mapping.split,
    ...mapping.context,
    mapping.verifier,
    mapping.verifier_options,
    ...mapping.choices,
    ...mapping.incorrect,
    ...mapping.tags,
  );
  return {
    id,
    messages: [...messages],
    gold,
    verifier: spec,
    solution,
    tags,
    difficulty,
    columns: columnsOf(cells, mapping),
    split,
  };
}

function askedOf(
  cells: ProblemCells,
  mapping: ProblemMapping,
  { verifier: forced }: ProblemRowOptions,
): Asked {
  if (mapping.shape === "gradus") return asWritten(cells, mapping);
  const { turns, ending } = turnsOf(cells, mapping);
  const question = turns.at(-1)?.content ?? "";
  const withQuestion = (content: string): ProblemMessage[] => [
    ...turns.slice(0, -1),
    { role: "user", content },
  ];
  if (mapping.tests !== null && !asksForAnswer(cells, mapping)) {
    const { prompt, options, solution } = codeProblem(cells, mapping, question);
    return {
      messages: withQuestion(prompt),
      gold: null,
      verifier: { name: "python-tests", options },
      solution,
    };
  }
  const solution = solutionOf(cells, mapping) ?? ending;
  if (mapping.choices.length > 0 || mapping.incorrect.length > 0) {
    const { texts, gold } = choicesOf(cells, mapping, question);
    return {
      messages: withQuestion(askedWithChoices(question, texts)),
      gold,
      verifier: { name: "choice", options: { choices: [...texts], gold_is: "letter" } },
      solution,
    };
  }
  const said = cells.text(mapping.verifier)?.trim();
  const { gold, worked, verifier } = goldOf(cells, mapping, solution, forced ?? said);
  return {
    messages: turns,
    gold,
    verifier: verifier ?? { name: verifierFor(mapping, question, gold), options: {} },
    solution: solution ?? worked,
  };
}

/** A row without tests of a file where others have some. */
function asksForAnswer(cells: ProblemCells, { shape, answer, tests }: ProblemMapping): boolean {
  return shape === "test-cases" && answer !== null && !isTestCases(cells.value(tests));
}

/** Of several (OlympiadBench) the first. What is no text stays a column. */
function solutionOf(cells: ProblemCells, { solution, answer }: ProblemMapping): string | null {
  if (solution === null || solution === answer) return cells.text(solution);
  const value = cells.value(solution);
  const [first]: unknown[] = Array.isArray(value) ? value : [value];
  return scalarText(first);
}

/** Gradus' own files: nothing is read into what they say. */
function asWritten(cells: ProblemCells, mapping: ProblemMapping): Asked {
  const prompt = cells.text(mapping.prompt);
  return {
    messages:
      prompt === null
        ? turnsOf(cells, { ...mapping, prompt: null, system: null }).turns
        : [{ role: "user", content: prompt }],
    gold: cells.text(mapping.answer),
    verifier: { name: "maths", options: {} },
    solution: cells.text(mapping.solution),
  };
}

/** Two choices that the question itself lists: "(A) one (B) two", or "A) …" and "B) …". */
const LISTS_CHOICES = /(?:^|\s)\(?A[).:]\s*\S[^]*(?:^|\s)\(?B[).:]\s*\S/u;

/** Reasoning-gym compares texts where no number is asked for; a letter of choices in the question is no variable. */
function verifierFor(
  { shape }: ProblemMapping,
  question: string,
  gold: string | null,
): VerifierName {
  if (gold === null) return "maths";
  if (/^\(?[A-J]\)?$/u.test(gold.trim()) && LISTS_CHOICES.test(question)) return "choice";
  const isNumber = /^-?\d+(?:\.\d+)?$/u.test(gold.trim());
  return shape === "reasoning-gym" && !isNumber ? "text" : "maths";
}

function choicesOf(cells: ProblemCells, mapping: ProblemMapping, question: string) {
  if (mapping.incorrect.length === 0) return listedChoices(cells, mapping.choices, mapping.answer);
  const right = cells.text(mapping.answer)?.trim();
  if (right === undefined) throw new BadRowError("has no answer");
  const wrong = mapping.incorrect.flatMap((column) => cells.texts(column).map((one) => one.trim()));
  return shuffledChoices(question, right, wrong);
}

/** What is asked; and a last answer in the conversation, which is a solution. */
function turnsOf(
  cells: ProblemCells,
  mapping: ProblemMapping,
): { turns: ProblemMessage[]; ending: string | null } {
  const column = mapping.messages ?? mapping.prompt;
  if (column === null) throw new BadRowError("the mapping names no column for the prompt");
  const value = cells.value(column);
  if (value === undefined) throw new BadRowError(`has no prompt in "${column}"`);
  refusePictures(cells);
  const system = cells.text(mapping.system);
  const before: ProblemMessage[] = system === null ? [] : [{ role: "system", content: system }];
  if (!isTurns(value)) {
    const content = cells.text(column);
    if (mapping.messages !== null || content === null)
      throw new BadRowError(`"${column}" is not a list of turns`);
    const user = { role: "user", content: inContext(cells, mapping, content) } as const;
    return { turns: [...before, user], ending: null };
  }
  const keys = value.some((turn) => "from" in turn) ? SHAREGPT_KEYS : OPENAI_KEYS;
  const turns = value.map((turn, i): ProblemMessage => {
    const { role, content } = turnOf(turn, i, keys);
    if (role === "tool") throw new BadRowError(`turn ${i + 1} is a tool's`);
    // With its thinking, where it has some.
    const whole = turn[keys.content];
    return { role, content: typeof whole === "string" ? whole : content };
  });
  const last = turns.at(-1);
  const ending = last?.role === "assistant" ? last.content : null;
  const asked = ending === null ? turns : turns.slice(0, -1);
  if (asked.at(-1)?.role !== "user")
    throw new BadRowError(`"${column}" does not end with a user's turn`);
  const all = asked.some(({ role }) => role === "system") ? asked : [...before, ...asked];
  return { turns: all, ending };
}

/** A passage stands before its question; Alpaca's input stands after its instruction. */
function inContext(
  cells: ProblemCells,
  { context, prompt }: ProblemMapping,
  asked: string,
): string {
  const texts = context.flatMap((column) => cells.text(column)?.trim() ?? []);
  if (texts.length === 0) return asked;
  const isInstruction = prompt?.toLowerCase() === "instruction";
  return (isInstruction ? [asked, ...texts] : [...texts, asked]).join("\n\n");
}

const PICTURES = ["image", "images", "decoded_image", "picture", "video", "videos"];

/** Models here read texts: a problem that shows something cannot be asked. */
function refusePictures(cells: ProblemCells): void {
  const column = PICTURES.find((name) => {
    const value = cells.value(name);
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  if (column !== undefined)
    throw new BadRowError(
      `"${column}" holds what the problem shows, and models here read texts alone: leave the line out, or that column where the text is enough`,
    );
}

function isTurns(value: unknown): value is Record<string, unknown>[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((turn) => isObject(turn) && ("role" in turn || "from" in turn))
  );
}

function specOf(
  cells: ProblemCells,
  mapping: ProblemMapping,
  { verifier: forced }: ProblemRowOptions,
  own: VerifierSpec,
): VerifierSpec {
  const named = cells.text(mapping.verifier)?.trim();
  const parsed = VerifierName.safeParse(forced ?? named ?? own.name);
  if (!parsed.success) {
    throw new BadRowError(
      `"${named ?? ""}" is no verifier; there are ${VerifierName.options.join(", ")}`,
    );
  }
  const written = cells.value(mapping.verifier_options);
  const options = z.record(z.string(), JsonValue).safeParse(plainNumbers(written ?? {}));
  if (!options.success)
    throw new BadRowError(`"${mapping.verifier_options ?? ""}" is not an object of options`);
  // Choices say nothing to a verifier of texts.
  const kept =
    parsed.data === own.name || languageOfTests(parsed.data) !== undefined ? own.options : {};
  return { name: parsed.data, options: { ...kept, ...options.data } };
}

/** `tags` may be a text with commas; subjects and domains may have levels ("Mathematics -> Algebra"). */
function tagsOf(cells: ProblemCells, { tags }: ProblemMapping): string[] {
  const found = tags.flatMap((column) =>
    cells
      .texts(column)
      .flatMap((text) => text.split(column === "tags" ? /[,;]/u : "->"))
      .map((text) => text.trim()),
  );
  return [...new Set(found)].filter((tag) => tag !== "").slice(0, 100);
}

/** 3, "Level 3" and 3.0 are 3; the column stays where it says more (6.5 is 7) or nothing that is a level. */
function difficultyOf(cells: ProblemCells, { difficulty: column }: ProblemMapping): number | null {
  const value = cells.value(column);
  if (value === undefined) {
    cells.take(column);
    return null;
  }
  const text = scalarText(value)?.trim() ?? "";
  const written = /^(?:level\s*)?(\d{1,9}(?:\.\d+)?)$/iu.exec(text)?.[1];
  if (written === undefined) return null;
  const level = Math.round(Number(written));
  if (level === Number(written)) cells.take(column);
  return level;
}

function splitOf(cells: ProblemCells, { split }: ProblemMapping): ProblemSplit | null {
  const said = cells.text(split);
  if (said === null) return null;
  const side = sideOf(said);
  if (side !== undefined) return side;
  throw new BadRowError(
    `the split ${JSON.stringify(said.slice(0, 100))} is unknown: train, or test (as validation, dev and eval are)`,
  );
}

/** Gradus' own files keep columns in one of that name. */
function columnsOf(cells: ProblemCells, { shape }: ProblemMapping): Record<string, unknown> {
  if (shape !== "gradus") return cells.rest();
  const own = cells.value("columns");
  cells.take("columns", "difficulty");
  if (own !== undefined && !isObject(own)) throw new BadRowError('"columns" is not an object');
  return { ...own, ...cells.rest() };
}

function checkTexts({ id, messages, gold, solution }: SidelessProblem): void {
  if (id.length > 500) throw new BadRowError("its id is longer than 500 characters");
  if (messages.length > MOST_TURNS) throw new BadRowError("it has more than 1,000 turns");
  const last = messages.at(-1);
  if (last === undefined || last.content.trim() === "") throw new BadRowError("nothing is asked");
  for (const text of [id, gold ?? "", solution ?? "", ...messages.map(({ content }) => content)]) {
    if (text.length > LONGEST_TEXT)
      throw new BadRowError("a text has more than 8,000,000 characters");
    if (text.includes("\0")) throw new BadRowError("a text holds NUL characters");
    if (!text.isWellFormed()) throw new BadRowError("a text holds half of a character");
  }
}
