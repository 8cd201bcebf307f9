/** Which shape a file of problems has, by the names and values of its columns. */
import type { ProblemMapping, ProblemShape } from "#shared/schema/problem-import.ts";
import { isObject } from "#main/core/tables/source-row.ts";
import { columnsOf } from "../../datasets/rows/detect-mapping.ts";
import { finalAnswer } from "../../datasets/rows/golds.ts";
import { valueAt } from "../../datasets/rows/row-cells.ts";
import { sideOf } from "./row-to-problem.ts";

type Row = Readonly<Record<string, unknown>>;

const PROMPT = ["prompt", "question", "problem", "instruction", "query", "input", "text"];
const MESSAGES = ["messages", "conversations", "conversation"];
const ANSWER = [
  "answer",
  "final_answer",
  "gold",
  "reward_model.ground_truth",
  "ground_truth",
  "reference_answer",
  "expected_answer",
  "target",
];
const SOLUTION = ["solution", "r1_solution_1", "generated_solution", "rationale", "explanation"];
const CHOICES = ["choices", "options"];
const CHOSEN = [
  "answerkey",
  "answer_key",
  "correct_answer",
  "correct",
  "label",
  "answer",
  "target",
];
const SUBJECTS = ["subject", "topic", "domain", "problem_type", "ability", "category"];

const NOTHING: ProblemMapping = {
  shape: "prompt-answer",
  prompt: null,
  messages: null,
  system: null,
  answer: null,
  solution: null,
  choices: [],
  incorrect: [],
  tests: null,
  entry_point: null,
  setup: null,
  id: null,
  tags: [],
  difficulty: null,
  split: null,
  verifier: null,
  verifier_options: null,
};

/** The mapping that fits best. Its `prompt` and `messages` are null where no column could be what is asked. */
export function detectProblemMapping(rows: readonly Row[]): ProblemMapping {
  const file = new Columns(rows);
  const common: ProblemMapping = {
    ...NOTHING,
    system: file.named("system_prompt", "system"),
    // An id is what is called so and no other column: completions are matched by it.
    id: file.exactly("id"),
    tags: file.all("tags", ...SUBJECTS),
    difficulty: file.named("difficulty", "level"),
    split: file.splitColumn(),
    verifier: file.exactly("verifier"),
    verifier_options: file.exactly("verifier_options"),
  };
  return (
    own(file, common) ??
    gpqa(file, common) ??
    code(file, common) ??
    multipleChoice(file, common) ??
    plain(file, common)
  );
}

function own(file: Columns, common: ProblemMapping): ProblemMapping | null {
  if (!["verifier", "verifier_options", "columns"].every((name) => file.exactly(name) !== null))
    return null;
  return {
    ...common,
    shape: "gradus",
    system: null,
    prompt: file.exactly("prompt"),
    messages: file.exactly("messages"),
    answer: file.exactly("answer"),
    solution: file.exactly("solution"),
    tags: file.all("tags"),
    difficulty: file.exactly("difficulty"),
  };
}

function gpqa(file: Columns, common: ProblemMapping): ProblemMapping | null {
  const prompt = file.named("question");
  const answer = file.named("correct answer");
  const incorrect = file.all("incorrect answer 1", "incorrect answer 2", "incorrect answer 3");
  if (prompt === null || answer === null || incorrect.length === 0) return null;
  const solution = file.named("explanation");
  const tags = file.all("high-level domain", "subdomain");
  return { ...common, shape: "gpqa", prompt, answer, incorrect, solution, tags };
}

function code(file: Columns, common: ProblemMapping): ProblemMapping | null {
  const of = (shape: ProblemShape, part: Partial<ProblemMapping>): ProblemMapping => ({
    ...common,
    shape,
    ...part,
  });
  const entryPoint = file.exactly("entry_point");
  const test = file.exactly("test");
  const prompt = file.named("prompt", "question", "text");
  if (prompt === null) return null;
  if (test !== null && entryPoint !== null) {
    const solution = file.exactly("canonical_solution");
    return of("human-eval", { prompt, tests: test, entry_point: entryPoint, solution });
  }
  const tests = file.exactly("test_list");
  if (tests !== null) {
    return of("mbpp", {
      prompt: file.named("text", "prompt"),
      tests,
      setup: file.named("test_setup_code", "test_imports"),
      solution: file.exactly("code"),
    });
  }
  const solution = file.exactly("solution");
  if (test === null || solution === null) return null;
  return of("kodcode", { prompt, tests: test, solution });
}

function multipleChoice(file: Columns, common: ProblemMapping): ProblemMapping | null {
  const prompt = file.named(...PROMPT);
  const answer = file.named(...CHOSEN);
  if (prompt === null || answer === null) return null;
  const list = CHOICES.map((name) => file.named(name)).find(
    (column) => column !== null && file.isList(column),
  );
  const lettered = ["A", "B", "C", "D", "E"].filter((letter) => file.exactly(letter) !== null);
  const choices =
    typeof list === "string"
      ? [list]
      : ["A", "B", "C"].every((letter) => lettered.includes(letter))
        ? lettered
        : [];
  if (choices.length === 0) return null;
  const solution = file.named("solution", "rationale", "explanation");
  return { ...common, shape: "multiple-choice", prompt, answer, choices, solution };
}

function plain(file: Columns, common: ProblemMapping): ProblemMapping {
  const prompt = file.named(...PROMPT);
  const messages = prompt === null ? file.named(...MESSAGES) : null;
  const answer = file.named(...ANSWER);
  const solution = file.named(...SOLUTION);
  const worked = solution !== null && file.endsWithAnswer(solution, false) ? solution : null;
  const subject = file.named("type");
  const isMath = solution !== null && file.named("level") !== null;
  const mapped: ProblemMapping = {
    ...common,
    prompt,
    messages,
    answer: answer ?? worked,
    solution,
    tags: isMath && subject !== null ? [...common.tags, subject] : common.tags,
  };
  if (file.exactly("metadata") !== null && file.has("metadata.source_dataset"))
    return { ...mapped, shape: "reasoning-gym", tags: ["metadata.source_dataset"] };
  if (answer === "reward_model.ground_truth") return { ...mapped, shape: "verl" };
  if (messages !== null) return { ...mapped, shape: "messages" };
  if (answer !== null && file.endsWithAnswer(answer, true)) return { ...mapped, shape: "gsm8k" };
  return solution === null ? mapped : { ...mapped, shape: "math" };
}

/** The columns of a file's first rows. */
class Columns {
  readonly #rows: readonly Row[];
  readonly #names: readonly string[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
    this.#names = columnsOf(rows);
  }

  exactly(name: string): string | null {
    return this.#names.includes(name) ? name : null;
  }

  has(path: string): boolean {
    return this.#rows.some((row) => valueAt(row, path) !== undefined);
  }

  /** The first of these names that there is, whatever its case, or the field inside a column. */
  named(...names: readonly string[]): string | null {
    for (const name of names) {
      if (name.includes(".") && this.has(name)) return name;
      const found =
        this.exactly(name) ?? this.#names.find((column) => column.toLowerCase() === name);
      if (found !== undefined) return found;
    }
    return null;
  }

  all(...names: readonly string[]): string[] {
    return names.map((name) => this.named(name)).filter((name) => name !== null);
  }

  /** Whether a column holds lists or objects; in a table, their JSON. */
  isList(column: string): boolean {
    return this.#rows.some((row) => {
      const value = row[column];
      return (
        Array.isArray(value) ||
        isObject(value) ||
        /^\s*[[{]/u.test(typeof value === "string" ? value : "")
      );
    });
  }

  /** Whether texts of a column end with their answer: after #### alone, or in a box too. */
  endsWithAnswer(column: string, marked: boolean): boolean {
    return this.#rows.some((row) => {
      const text = row[column];
      if (typeof text !== "string") return false;
      return marked ? /(?:^|\n)####[^\n]*$/u.test(text.trimEnd()) : finalAnswer(text) !== null;
    });
  }

  /** A column called split, where each of the first rows names a side in it. */
  splitColumn(): string | null {
    const column = this.exactly("split");
    if (column === null) return null;
    const values = this.#rows.map((row) => row[column] ?? "");
    return values.every(
      (value) => typeof value === "string" && (value.trim() === "" || sideOf(value) !== undefined),
    )
      ? column
      : null;
  }
}
