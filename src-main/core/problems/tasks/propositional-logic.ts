/**
 * Propositional logic: three or four propositions and what is said of them; the answer says which are true. Any
 * assignment under which everything said holds is right, and at most a quarter of all are. The working supposes one
 * proposition after the other.
 */
import type { JsonValue } from "#shared/schema/json-value.ts";
import type { Random } from "#main/platform/random.ts";
import {
  decodeFormula,
  drawFormula,
  encodeFormula,
  renumberFormula,
  truthOfFormula,
  wordsOf,
} from "./forms/formula.ts";
import type { Formula, Truths } from "./forms/formula.ts";
import { fieldOf, numberOf, stringsOf } from "./forms/read-data.ts";
import { permutations } from "./forms/permutations.ts";
import { assertDifficulty } from "../task.ts";
import type { RuledTask, TaskProblem, WorkedSolution } from "../task.ts";

type Puzzle = { readonly propositions: number; readonly formulas: readonly Formula[] };

const LETTERS = ["p", "q", "r", "s"] as const;
const ORDERS = [0, 1, 2, 3, 4].map(permutations);

function generate(random: Random, difficulty: number): TaskProblem {
  assertDifficulty(propositionalLogic, difficulty);
  for (;;) {
    const count = difficulty + random.int(1, 2);
    const formulas = Array.from({ length: count }, () => drawFormula(random, difficulty));
    const encoded = formulas.map(encodeFormula);
    if (new Set(encoded).size < count) continue;
    const fitting = assignmentsOf(difficulty).filter((truths) => broken(formulas, truths) === null);
    const [first] = fitting;
    if (first === undefined || fitting.length > 2 ** difficulty / 4) continue;
    const letters = LETTERS.slice(0, difficulty);
    const said = formulas.map((formula, i) => `${i + 1}. ${wordsOf(formula, letters)}.`);
    const listed = `${letters.slice(0, -1).join(", ")} and ${letters.at(-1) ?? ""}`;
    return {
      id: `propositional-logic/${encoded.join(";")}/${formulas.map(({ dress }) => dress).join("")}`,
      task: "propositional-logic",
      difficulty,
      prompt: `Each of ${listed} is true or false, and all of this holds:\n${said.join("\n")}\nSay of each whether it is true or false.`,
      gold: answerOf(first),
      data: {
        propositions: difficulty,
        formulas: formulas.map(({ dress }, i) => `${encoded[i] ?? ""}${dress}`),
      },
    };
  }
}

/** All of them, those with more truths first. */
function assignmentsOf(propositions: number): boolean[][] {
  return Array.from({ length: 2 ** propositions }, (_, bits) =>
    Array.from({ length: propositions }, (_unused, i) => (bits >> i) % 2 === 0),
  );
}

/** The place of the first formula that is settled and false; null where there is none. */
function broken(formulas: readonly Formula[], truths: Truths): number | null {
  const place = formulas.findIndex((formula) => truthOfFormula(formula, truths) === false);
  return place === -1 ? null : place;
}

function answerOf(truths: Truths): string {
  return truths.map((truth, i) => `${LETTERS[i] ?? ""} is ${String(truth)}`).join(", ");
}

function puzzleOf(data: JsonValue): Puzzle {
  const formulas = stringsOf(fieldOf(data, "formulas")).map((text) => {
    const formula = decodeFormula(text);
    if (formula === null) throw new Error("no formula of a puzzle");
    return formula;
  });
  return { propositions: numberOf(fieldOf(data, "propositions")), formulas };
}

/** A formula's text under each numbering of so many propositions, worked out once. */
const renumbered = new Map<string, readonly string[]>();

function formsOf(formula: Formula, propositions: number): readonly string[] {
  const key = `${propositions}${encodeFormula(formula)}`;
  const known = renumbered.get(key);
  if (known !== undefined) return known;
  const forms = (ORDERS[propositions] ?? []).map((place) =>
    encodeFormula(renumberFormula(formula, place)),
  );
  renumbered.set(key, forms);
  return forms;
}

/** The first, as text, of all numberings of the propositions, with what is said in a fixed order. */
function canonical(text: string): string {
  const formulas = text.split(";").flatMap((part) => decodeFormula(part) ?? []);
  const propositions = Math.max(-1, ...formulas.flatMap(({ pair }) => pair)) + 1;
  const orders = ORDERS[propositions];
  if (formulas.map(encodeFormula).join(";") !== text || orders === undefined) return text;
  const forms = formulas.map((formula) => formsOf(formula, propositions));
  let least = text;
  for (let order = 0; order < orders.length; order++) {
    const said = forms.map((form) => form[order] ?? "").sort();
    const form = said.join(";");
    if (order === 0 || form < least) least = form;
  }
  return least;
}

function solve(problem: TaskProblem): WorkedSolution {
  const puzzle = puzzleOf(problem.data);
  const lines: string[] = [];
  const nothing = Array.from({ length: puzzle.propositions }, () => null);
  const found = searchCases(puzzle, nothing, 0, lines);
  if (found === null) throw new Error("a puzzle without a solution");
  return { think: lines.join("\n"), answer: answerOf(found) };
}

/** Supposes the proposition true, then false, writing a line for each; null where neither can be. */
function searchCases(
  puzzle: Puzzle,
  truths: Truths,
  proposition: number,
  lines: string[],
): Truths | null {
  for (const truth of [true, false]) {
    const supposed = truths.with(proposition, truth);
    const line = `Suppose ${LETTERS[proposition] ?? ""} is ${String(truth)}.`;
    const place = broken(puzzle.formulas, supposed);
    if (place !== null) {
      lines.push(`${line} Then ${place + 1} does not hold.`);
      continue;
    }
    if (proposition + 1 === puzzle.propositions) {
      lines.push(`${line} Everything holds.`);
      return supposed;
    }
    lines.push(line);
    const found = searchCases(puzzle, supposed, proposition + 1, lines);
    if (found !== null) return found;
  }
  return null;
}

/** By letter, or null: another form, or a letter named twice. */
function readTruths(answer: string): Map<string, boolean> | null {
  if (answer.length > 400) return null;
  const truths = new Map<string, boolean>();
  for (const part of answer.split(/[,;.\n]|\band\b/)) {
    if (part.trim() === "") continue;
    const [, letter = "", truth = ""] =
      /^\s*([p-s])(?: is |: ?| ?= ?)(true|false)\s*$/i.exec(part) ?? [];
    const name = letter.toLowerCase();
    if (name === "" || truths.has(name)) return null;
    truths.set(name, truth.toLowerCase() === "true");
  }
  return truths.size === 0 ? null : truths;
}

/** Right when it says of each proposition whether it is true, and all that is said holds then. */
function verify(problem: TaskProblem, answer: string): boolean {
  const read = readTruths(answer);
  if (read === null) return false;
  const { propositions, formulas } = puzzleOf(problem.data);
  const truths = LETTERS.slice(0, propositions).map((letter) => read.get(letter) ?? null);
  return read.size === propositions && !truths.includes(null) && broken(formulas, truths) === null;
}

function answerKey(answer: string): string {
  const truths = readTruths(answer);
  if (truths === null) return answer.trim();
  return [...truths]
    .map(([letter, truth]) => `${letter} ${String(truth)}`)
    .toSorted()
    .join(", ");
}

/** The last list of the form `p is true, q is false`. */
function extractLenient(text: string): string | null {
  let list: string[] = [];
  let end = 0;
  for (const match of text.matchAll(/\b[p-s] is (?:true|false)\b/g)) {
    const between = text.slice(end, match.index);
    const goesOn = between.length < 8 && /^\s*,?\s*(?:and\s+)?$/.test(between);
    if (!goesOn) list = [];
    list.push(match[0]);
    end = match.index + match[0].length;
  }
  return list.length === 0 ? null : list.join(", ");
}

export const propositionalLogic: RuledTask = {
  name: "propositional-logic",
  version: "1",
  title: "Propositional logic",
  description: "If p is true, then q is false; … Which of three or four propositions are true?",
  difficultyUnit: "propositions",
  difficulties: [3, 4],
  generate,
  canonical,
  solve,
  verify,
  extractLenient,
  answerKey,
};
