/** Which shape a file's rows have, by the names and values of its columns. */
import type { DatasetShape, ImportMapping } from "#shared/schema/dataset.ts";
import { finalAnswer } from "./golds.ts";
import { valueAt } from "./row-cells.ts";
import { isObject } from "#main/core/tables/source-row.ts";

type Row = Readonly<Record<string, unknown>>;

const CONVERSATION = ["messages", "conversations", "conversation", "chat", "dialog", "dialogue"];
const PROMPT = ["prompt", "question", "problem", "instruction", "query", "input"];
const COMPLETION = ["completion", "response", "output", "solution", "generation", "chosen"];
const REASONING = [
  "reasoning",
  "reasoning_content",
  "thinking",
  "thought",
  "thoughts",
  "chain_of_thought",
  "cot",
  "rationale",
];
const GOLD = [
  "gold",
  "ground_truth",
  "reward_model.ground_truth",
  "reference_answer",
  "expected_answer",
  "final_answer",
  "target",
  "answer",
];
/** Columns whose texts are the author's own solutions: the answer at their end is the right one. */
const WORKED: ReadonlySet<string> = new Set(["answer", "solution"]);
/** An `answer` longer than this is a text to learn from, not something to compare with. */
const LONGEST_GOLD = 200;

const NOTHING: Omit<ImportMapping, "shape"> = {
  conversation: null,
  system: null,
  prompt: null,
  input: null,
  completion: null,
  reasoning: null,
  gold: null,
  task: null,
};

/** Names that say "the right answer" and nothing else. */
const ONLY_GOLD = GOLD.filter((name) => !["target", "answer"].includes(name));

/** Where no shape fits and a person has to say the rest: what names say all the same. */
export function mappingToSay(rows: readonly Row[]): ImportMapping {
  const named = (names: readonly string[]): string | null =>
    names.map((name) => columnLike(rows, name)).find((name) => name !== null) ?? null;
  return {
    ...NOTHING,
    shape: "prompt-completion",
    system: named(["system", "system_prompt"]),
    reasoning: named(REASONING),
    gold: named(ONLY_GOLD),
    task: named(["task"]),
  };
}

/** Shapes that fit, best first, each with its mapping. Empty: none fits. */
export function detectMappings(rows: readonly Row[]): ImportMapping[] {
  const has = (names: readonly string[], but: readonly (string | null)[] = []): string | null =>
    names
      .map((name) => columnLike(rows, name))
      .find((name) => name !== null && !but.includes(name)) ?? null;
  const common = { system: has(["system", "system_prompt"]), task: has(["task"]) };
  const mappings: ImportMapping[] = [];
  const reasoning = has(REASONING);
  const conversation = has(CONVERSATION) ?? wholeConversation(rows, has(PROMPT), has(["chosen"]));
  if (conversation !== null) {
    const shape = turnShape(rows, conversation);
    mappings.push({ ...NOTHING, ...common, shape, conversation, gold: has(GOLD), reasoning });
  }
  const instruction = has(["instruction"]);
  const input = has(["input"]);
  const output = has(["output"]) ?? (input === null ? null : has(COMPLETION, [instruction, input]));
  if (instruction !== null && output !== null) {
    mappings.push({
      ...NOTHING,
      ...common,
      shape: "alpaca",
      prompt: instruction,
      input,
      completion: output,
      reasoning,
      gold: has(GOLD, [instruction, output]),
    });
  }
  const prompt = has(PROMPT);
  const answer = has(["answer"]);
  const completion =
    has(COMPLETION, [prompt]) ??
    (answer !== null && (reasoning !== null || isToLearnFrom(rows, answer)) ? answer : null);
  if (prompt !== null && (completion !== null || mappings.length === 0)) {
    mappings.push({
      ...NOTHING,
      ...common,
      shape: "prompt-completion",
      prompt,
      completion,
      reasoning,
      gold: has(GOLD, [prompt, completion]) ?? workedGold(rows, completion),
    });
  }
  return mappings;
}

export function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** The column of that name, whatever its case; or the field inside a column. */
function columnLike(rows: readonly Row[], name: string): string | null {
  if (name.includes(".")) {
    return rows.some((row) => valueAt(row, name) !== undefined) ? name : null;
  }
  const columns = columnsOf(rows);
  return columns.includes(name)
    ? name
    : (columns.find((column) => column.toLowerCase() === name) ?? null);
}

/** Preferences without a prompt of their own (TRL's "implicit prompt"): the chosen conversation is whole. */
function wholeConversation(
  rows: readonly Row[],
  prompt: string | null,
  chosen: string | null,
): string | null {
  const whole = chosen !== null && rows.some((row) => Array.isArray(row[chosen]));
  return prompt === null && whole ? chosen : null;
}

/** An answer with its way to it is a completion; the answer alone is what completions are compared with. */
function isToLearnFrom(rows: readonly Row[], column: string): boolean {
  return textsOf(rows, column).some(
    (text) => text.length > LONGEST_GOLD || text.includes("</think>") || finalAnswer(text) !== null,
  );
}

/** The completion's own column where every text ends with its answer (GSM8K's ####, MATH's box). */
function workedGold(rows: readonly Row[], column: string | null): string | null {
  if (column === null || !WORKED.has(column.toLowerCase())) return null;
  const texts = textsOf(rows, column);
  return texts.length > 0 && texts.every((text) => finalAnswer(text) !== null) ? column : null;
}

function textsOf(rows: readonly Row[], column: string): string[] {
  return rows.map((row) => row[column]).filter((value) => typeof value === "string");
}

/** ShareGPT's turns have `from` and `value`, OpenAI's `role` and `content`. */
function turnShape(rows: readonly Row[], column: string): DatasetShape {
  for (const row of rows) {
    const turns = row[column];
    const text = typeof turns === "string" ? turns : JSON.stringify(turns ?? "");
    if (Array.isArray(turns)) {
      const first = turns.find(isObject);
      if (first !== undefined) return "from" in first ? "sharegpt" : "messages";
    }
    if (text.includes('"from"')) return "sharegpt";
    if (text.includes('"role"')) return "messages";
  }
  return "messages";
}
