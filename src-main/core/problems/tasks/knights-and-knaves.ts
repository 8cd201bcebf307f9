/**
 * Knights and knaves: 2 to 4 people, each says one thing; knights always tell the truth and knaves
 * always lie. Exactly one assignment fits, which the generator checks by enumerating all of them.
 * The working is a case analysis that supposes one person after the other.
 */
import type { Random } from "#main/platform/random.ts";
import { permutations } from "./forms/permutations.ts";
import { fieldOf, stringsOf } from "./forms/read-data.ts";
import {
  decodeStatement,
  drawStatement,
  encodeStatement,
  renumberStatement,
  speak,
  truthOf,
} from "./forms/statement.ts";
import type { Assignment, Kind, Statement } from "./forms/statement.ts";
import { assertDifficulty } from "../task.ts";
import type { RuledTask, TaskProblem, WorkedSolution } from "../task.ts";

type Puzzle = { readonly names: readonly string[]; readonly statements: readonly Statement[] };

const NAMES = "Ann Ben Cara Dan Eve Finn Gus Hana Ivy Jon Kim Leo Mia Noa Oli Pam".split(" ");
const RULES =
  "Every person here is either a knight, who always tells the truth, or a knave, who always lies.";

function formatAnswer(names: readonly string[], kinds: Assignment): string {
  return names.map((name, person) => `${name} is a ${kinds[person] ?? ""}`).join(", ");
}

/** Every assignment under which knights say true things and knaves false ones. */
export function fittingAssignments(statements: readonly Statement[]): Kind[][] {
  return assignmentsOf(statements.length).filter(
    (kinds) => firstContradiction(statements, kinds) === null,
  );
}

/** All of them; the bit of somebody who is a knave is 1. */
function assignmentsOf(people: number): Kind[][] {
  return Array.from({ length: 2 ** people }, (_, bits) =>
    Array.from({ length: people }, (_unused, person): Kind =>
      (bits >> person) % 2 === 0 ? "knight" : "knave",
    ),
  );
}

/** The first person whose kind is supposed and whose words are settled and do not fit it; else null. */
function firstContradiction(statements: readonly Statement[], kinds: Assignment): number | null {
  for (const [speaker, statement] of statements.entries()) {
    const kind = kinds[speaker] ?? null;
    const truth = truthOf(statement, kinds);
    if (kind !== null && truth !== null && truth !== (kind === "knight")) return speaker;
  }
  return null;
}

/** By the number of people: every order of speaking, and each person's place in it. */
const ORDERS = [0, 1, 2, 3, 4].map((count) =>
  permutations(count).map((order) => ({
    order,
    place: order.map((_, person) => order.indexOf(person)),
  })),
);

/**
 * The first, in code unit order, of the puzzle's renumberings: two puzzles that differ in names and in
 * who speaks first have one. The surface says who stands where.
 */
function puzzleId({ names, statements }: Puzzle): string {
  const orders = ORDERS[statements.length] ?? [];
  const forms = formsOf(statements).map(
    (form, i) =>
      `${form}/${(orders[i]?.order ?? []).map((person) => names[person] ?? "").join(" ")}`,
  );
  return `knights-and-knaves/${forms.toSorted()[0] ?? ""}`;
}

/** The puzzle's statements under each renumbering of its people, in `ORDERS`' order. */
function formsOf(statements: readonly Statement[]): string[] {
  return (ORDERS[statements.length] ?? []).map(({ order, place }) =>
    order
      .flatMap((person) => {
        const statement = statements[person];
        return statement === undefined
          ? []
          : [encodeStatement(renumberStatement(statement, place))];
      })
      .join("; "),
  );
}

/** The same puzzle however its people are numbered: the first part of `puzzleId`, also of ids that were made otherwise. */
function canonical(text: string): string {
  const statements = readStatements(text);
  return statements === null ? text : (formsOf(statements).toSorted()[0] ?? text);
}

/** The statements of an id's second part, or null for another text. */
function readStatements(text: string): Statement[] | null {
  try {
    const statements = text.split("; ").map(decodeStatement);
    return ORDERS[statements.length] === undefined ? null : statements;
  } catch {
    return null;
  }
}

function generate(random: Random, difficulty: number): TaskProblem {
  assertDifficulty(knightsAndKnaves, difficulty);
  for (;;) {
    const statements = Array.from({ length: difficulty }, (_, speaker) =>
      drawStatement(random, speaker, difficulty),
    );
    const [kinds, ...others] = fittingAssignments(statements);
    if (kinds === undefined || others.length > 0) continue;
    const names = random.shuffle(NAMES).slice(0, difficulty).toSorted();
    const sayings = statements.map(
      (statement, i) => `${names[i] ?? ""} says: "${speak(statement, i, names)}."`,
    );
    const encoded = statements.map(encodeStatement);
    return {
      id: puzzleId({ names, statements }),
      task: "knights-and-knaves",
      difficulty,
      prompt: `${RULES} ${sayings.join(" ")} Who is a knight and who is a knave?`,
      gold: formatAnswer(names, kinds),
      data: { names, statements: encoded },
    };
  }
}

function puzzleOf(problem: TaskProblem): Puzzle {
  const names = stringsOf(fieldOf(problem.data, "names"));
  const statements = stringsOf(fieldOf(problem.data, "statements")).map(decodeStatement);
  return { names, statements };
}

function solve(problem: TaskProblem): WorkedSolution {
  const puzzle = puzzleOf(problem);
  const lines: string[] = [];
  const found = searchCases(
    puzzle,
    puzzle.names.map(() => null),
    0,
    lines,
  );
  if (found === null) throw new Error("a puzzle without a solution");
  return { think: lines.join("\n"), answer: formatAnswer(puzzle.names, found) };
}

/** Supposes `person` a knight, then a knave, writing a line for each; null where neither can be. */
function searchCases(
  puzzle: Puzzle,
  kinds: Assignment,
  person: number,
  lines: string[],
): Assignment | null {
  for (const kind of ["knight", "knave"] as const) {
    const supposed = kinds.with(person, kind);
    const line = `Suppose ${puzzle.names[person] ?? ""} is a ${kind}.`;
    const speaker = firstContradiction(puzzle.statements, supposed);
    if (speaker !== null) {
      lines.push(`${line} ${describeContradiction(puzzle, supposed, speaker)}`);
      continue;
    }
    if (person + 1 === puzzle.names.length) {
      lines.push(`${line} That fits.`);
      return supposed;
    }
    lines.push(line);
    const found = searchCases(puzzle, supposed, person + 1, lines);
    if (found !== null) return found;
  }
  return null;
}

function describeContradiction(puzzle: Puzzle, kinds: Assignment, speaker: number): string {
  const name = puzzle.names[speaker] ?? "";
  const truth = kinds[speaker] === "knight" ? "false" : "true";
  return `Then what ${name} says is ${truth}, but ${name} is a ${kinds[speaker] ?? ""}. That cannot be.`;
}

/** `name → kind`, or null: another form, or somebody named twice. */
function readAnswer(answer: string): Map<string, Kind> | null {
  if (answer.length > 1000) return null;
  const kinds = new Map<string, Kind>();
  for (const part of answer.split(/[,;.\n]|\band\b/)) {
    if (part.trim() === "") continue;
    const match = /^\s*(\p{L}+)(?: is |: ?)(?:a )?(knight|knave)\s*$/iu.exec(part);
    const [, name, kind] = match ?? [];
    if (name === undefined || kind === undefined || kinds.has(name.toLowerCase())) return null;
    kinds.set(name.toLowerCase(), kind.toLowerCase() === "knight" ? "knight" : "knave");
  }
  return kinds.size === 0 ? null : kinds;
}

function answerKey(answer: string): string {
  const kinds = readAnswer(answer);
  if (kinds === null) return answer.trim();
  return [...kinds]
    .map(([name, kind]) => `${name} ${kind}`)
    .toSorted()
    .join(", ");
}

/** Right when it says of everybody, in any order, what they are, and of nobody else. */
function verify(problem: TaskProblem, answer: string): boolean {
  return readAnswer(answer) !== null && answerKey(answer) === answerKey(problem.gold);
}

/** The last list of the form `Ann is a knight, Ben is a knave`. */
function extractLenient(text: string): string | null {
  let list: string[] = [];
  let end = 0;
  for (const match of text.matchAll(/\b(\p{Lu}\p{L}{0,31}) is an? (knight|knave)\b/gu)) {
    const between = text.slice(end, match.index);
    const goesOn = between.length < 8 && /^\s*,?\s*(?:and\s+)?$/.test(between);
    if (!goesOn) list = [];
    list.push(match[0]);
    end = match.index + match[0].length;
  }
  return list.length === 0 ? null : list.join(", ");
}

export const knightsAndKnaves: RuledTask = {
  name: "knights-and-knaves",
  version: "2",
  title: "Knights and knaves",
  description:
    "Who tells the truth and who lies? 2 to 4 people say one thing each; one assignment fits.",
  difficultyUnit: "people",
  difficulties: [2, 3, 4],
  generate,
  canonical,
  solve,
  verify,
  extractLenient,
  answerKey,
};
