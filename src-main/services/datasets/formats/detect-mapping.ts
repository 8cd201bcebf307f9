/** Which shape a file's rows have, by the names and values of its columns. */
import type { DatasetShape, ImportMapping } from "#shared/schema/dataset.ts";
import { isObject } from "./source-row.ts";

type Row = Readonly<Record<string, unknown>>;

const CONVERSATION = ["messages", "conversations", "conversation", "chat", "dialog", "dialogue"];
const PROMPT = ["prompt", "question", "problem", "instruction", "query", "input"];
const COMPLETION = [
  "completion",
  "response",
  "output",
  "solution",
  "generation",
  "answer",
  "chosen",
];
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
  "reference_answer",
  "expected_answer",
  "final_answer",
  "target",
  "answer",
];

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

/** Shapes that fit, best first, each with its mapping. Empty: none fits. */
export function detectMappings(rows: readonly Row[]): ImportMapping[] {
  const columns = columnsOf(rows);
  const has = (names: readonly string[], but: readonly (string | null)[] = []): string | null =>
    names.find((name) => columns.includes(name) && !but.includes(name)) ?? null;
  const common = { system: has(["system", "system_prompt"]), task: has(["task"]) };
  const mappings: ImportMapping[] = [];
  const conversation = has(CONVERSATION);
  const reasoning = has(REASONING);
  if (conversation !== null) {
    const shape = turnShape(rows, conversation);
    mappings.push({ ...NOTHING, ...common, shape, conversation, gold: has(GOLD), reasoning });
  }
  const alpaca = columns.includes("instruction") && columns.includes("output");
  if (alpaca) {
    const used = ["instruction", "output"];
    mappings.push({
      ...NOTHING,
      ...common,
      shape: "alpaca",
      prompt: "instruction",
      input: has(["input"]),
      completion: "output",
      reasoning,
      gold: has(GOLD, used),
    });
  }
  const prompt = has(PROMPT);
  const completion = has(COMPLETION, [prompt]);
  if (prompt !== null && (completion !== null || mappings.length === 0)) {
    mappings.push({
      ...NOTHING,
      ...common,
      shape: "prompt-completion",
      prompt,
      completion,
      reasoning,
      gold: has(GOLD, [prompt, completion]),
    });
  }
  return mappings;
}

export function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
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
