/**
 * Sudoku of four by four: each row, column and quarter has 1 to 4 once. Every puzzle has one solution, and each blank can
 * be filled by looking at one cell, or at where one digit can go: so the working goes, one blank a line.
 *
 * A puzzle is the same however its digits are named and however the square is turned or mirrored. Rows that change
 * places within a half make another one here: with that too, too few different puzzles would be left to hold some out.
 */
import type { Random } from "#main/platform/random.ts";
import { numbersOf } from "./forms/read-data.ts";
import { assertDifficulty } from "../task.ts";
import type { RuledTask, TaskProblem, WorkedSolution } from "../task.ts";

/** 16 cells, row after row; 0 where there is a blank. */
type Grid = readonly number[];

const DIGITS = [1, 2, 3, 4] as const;
const CELLS = Array.from({ length: 16 }, (_, cell) => cell);
const rowOf = (cell: number): number => Math.floor(cell / 4);
const columnOf = (cell: number): number => cell % 4;
const quarterOf = (cell: number): number =>
  Math.floor(rowOf(cell) / 2) * 2 + Math.floor(columnOf(cell) / 2);

const UNITS: readonly { readonly name: string; readonly cells: readonly number[] }[] = [
  ...DIGITS.map((n) => ({ name: `row ${n}`, cells: CELLS.filter((c) => rowOf(c) === n - 1) })),
  ...DIGITS.map((n) => ({
    name: `column ${n}`,
    cells: CELLS.filter((c) => columnOf(c) === n - 1),
  })),
  ...DIGITS.map((n) => ({
    name: `quarter ${n}`,
    cells: CELLS.filter((c) => quarterOf(c) === n - 1),
  })),
];

/** For each cell the others of its row, column and quarter. */
const PEERS = CELLS.map((cell) => [
  ...new Set(
    UNITS.filter(({ cells }) => cells.includes(cell)).flatMap(({ cells }) =>
      cells.filter((other) => other !== cell),
    ),
  ),
]);

/** Where each cell's content comes from when the square is turned and mirrored: eight ways. */
const TURNS = [false, true].flatMap((mirrored) =>
  [0, 1, 2, 3].map((quarters) =>
    CELLS.map((cell) => {
      let [row, column] = [rowOf(cell), columnOf(cell)];
      if (mirrored) [row, column] = [column, row];
      for (let i = 0; i < quarters; i++) [row, column] = [column, 3 - row];
      return row * 4 + column;
    }),
  ),
);

function candidates(grid: Grid, cell: number): number[] {
  const taken = new Set((PEERS[cell] ?? []).map((peer) => grid[peer]));
  return DIGITS.filter((digit) => !taken.has(digit));
}

/** Up to `most` solutions. */
export function solutionsOf(grid: Grid, most: number): number[][] {
  const blank = grid.indexOf(0);
  if (blank === -1) return [[...grid]];
  const found: number[][] = [];
  for (const digit of candidates(grid, blank)) {
    if (found.length >= most) break;
    found.push(...solutionsOf(grid.with(blank, digit), most - found.length));
  }
  return found;
}

/** Those whose first row is 1234; naming the digits anew makes all others. */
const SOLUTIONS = solutionsOf([1, 2, 3, 4, ...CELLS.slice(4).map(() => 0)], 12);

function drawSolution(random: Random): number[] {
  const names = random.shuffle(DIGITS);
  return random.choice(SOLUTIONS).map((digit) => names[digit - 1] ?? 0);
}

function generate(random: Random, difficulty: number): TaskProblem {
  assertDifficulty(miniSudoku, difficulty);
  for (;;) {
    const solution = drawSolution(random);
    const blanks = new Set(random.shuffle(CELLS).slice(0, difficulty));
    const grid = solution.map((digit, cell) => (blanks.has(cell) ? 0 : digit));
    if (fillStepByStep(grid) === null) continue;
    const rows = lines(grid).map((row) => row.replaceAll("0", "_").split("").join(" "));
    return {
      id: `mini-sudoku/${grid.join("")}`,
      task: "mini-sudoku",
      difficulty,
      prompt: `Fill the blanks so that each row, each column and each quarter of two by two has 1, 2, 3 and 4 once. Answer with the four rows.\n${rows.join("\n")}`,
      gold: lines(solution).join(" "),
      data: grid,
    };
  }
}

function lines(grid: Grid): string[] {
  return DIGITS.map((_, row) => grid.slice(row * 4, row * 4 + 4).join(""));
}

/** The first, as text, of the eight turned and mirrored squares with digits named in the order in which they come. */
function canonical(text: string): string {
  if (!/^[0-4]{16}$/.test(text)) return text;
  const grid = text.split("").map(Number);
  return TURNS.map((turn) => {
    const names = [0, 0, 0, 0, 0];
    let next = 1;
    let form = "";
    for (const cell of turn) {
      const digit = grid[cell] ?? 0;
      if (digit !== 0 && names[digit] === 0) names[digit] = next++;
      form += String(names[digit]);
    }
    return form;
  }).reduce((least, form) => (form < least ? form : least));
}

/** A line for each blank, or null where a blank cannot be filled by one look. */
function fillStepByStep(start: Grid): { readonly lines: string[]; readonly grid: Grid } | null {
  let grid = start;
  const steps: string[] = [];
  while (grid.includes(0)) {
    const step = nextStep(grid);
    if (step === null) return null;
    steps.push(step.line);
    grid = grid.with(step.cell, step.digit);
  }
  return { lines: steps, grid };
}

function nextStep(grid: Grid): { cell: number; digit: number; line: string } | null {
  const name = (cell: number): string => `row ${rowOf(cell) + 1}, column ${columnOf(cell) + 1}`;
  for (const cell of CELLS) {
    if (grid[cell] !== 0) continue;
    const [digit, ...others] = candidates(grid, cell);
    if (digit !== undefined && others.length === 0)
      return { cell, digit, line: `${name(cell)}: only ${digit} is left.` };
  }
  for (const { name: unit, cells } of UNITS) {
    for (const digit of DIGITS) {
      const [cell, ...others] = cells.filter(
        (one) => grid[one] === 0 && candidates(grid, one).includes(digit),
      );
      if (cell !== undefined && others.length === 0)
        return { cell, digit, line: `In ${unit}, ${digit} can only be at ${name(cell)}.` };
    }
  }
  return null;
}

function solve(problem: TaskProblem): WorkedSolution {
  const filled = fillStepByStep(numbersOf(problem.data));
  if (filled === null) throw new Error("a sudoku that cannot be filled");
  return { think: filled.lines.join("\n"), answer: lines(filled.grid).join(" ") };
}

/** The 16 digits, or null: another number of them, or anything else but spaces, commas and strokes. */
function readDigits(answer: string): string | null {
  if (answer.length > 200) return null;
  const digits = answer.replaceAll(/[\s,;|/]/g, "");
  return /^[1-4]{16}$/.test(digits) ? digits : null;
}

/** There is one solution. */
function verify(problem: TaskProblem, answer: string): boolean {
  return readDigits(answer) === readDigits(problem.gold) && readDigits(answer) !== null;
}

/** The last 16 digits with nothing but spaces and strokes between them. */
function extractLenient(text: string): string | null {
  let last: string | null = null;
  for (const [run] of text.matchAll(/[1-4](?:[\s,;|/]{0,4}[1-4]){15}/g)) last = run;
  return last;
}

export const miniSudoku: RuledTask = {
  name: "mini-sudoku",
  version: "1",
  title: "Mini sudoku",
  description: "Four rows of four: each row, column and quarter has 1 to 4 once.",
  difficultyUnit: "blanks",
  difficulties: [4, 6, 8, 10],
  generate,
  canonical,
  solve,
  verify,
  extractLenient,
  answerKey: (answer) => readDigits(answer) ?? answer.trim(),
};
