/** One row of a file as a record, by a mapping; or why it cannot be one. */
import { MAX_RECORD_CHARACTERS } from "#shared/schema/dataset.ts";
import type { ImportMapping, RecordMessage, RecordReference } from "#shared/schema/dataset.ts";
import { TaskName } from "#shared/schema/recipe.ts";
import { splitReasoning } from "#shared/schema/record-text.ts";
import { isObject, printable } from "./source-row.ts";

export interface IncomingRecord {
  readonly messages: RecordMessage[];
  readonly reference: RecordReference;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Thrown inside this file: the row is bad, and this is why. */
class BadRowError extends Error {}

const ROLES: Readonly<Record<string, RecordMessage["role"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  human: "user",
  assistant: "assistant",
  gpt: "assistant",
  model: "assistant",
  chatgpt: "assistant",
  bing: "assistant",
  bard: "assistant",
  tool: "tool",
  observation: "tool",
  function: "tool",
  function_call: "assistant",
};
const REASONING_FIELDS = ["reasoning_content", "reasoning", "thinking"];
/** Columns that Gradus' own exports carry beside the text. */
const PROBLEM_COLUMNS = {
  problemId: ["problem_id", "problemId"],
  difficulty: ["difficulty"],
  data: ["problem_data"],
} as const;

export function rowToRecord(
  row: Readonly<Record<string, unknown>>,
  mapping: ImportMapping,
): IncomingRecord | { readonly bad: string } {
  try {
    const messages = withReasoningColumn(messagesOf(row, mapping), row, mapping);
    checkTexts(messages);
    return {
      messages,
      reference: referenceOf(row, mapping),
      metadata: metadataOf(row, mapping),
    };
  } catch (error) {
    if (error instanceof BadRowError) return { bad: error.message };
    throw error;
  }
}

function messagesOf(
  row: Readonly<Record<string, unknown>>,
  mapping: ImportMapping,
): RecordMessage[] {
  const system = systemOf(row, mapping);
  switch (mapping.shape) {
    case "messages":
    case "sharegpt": {
      const turns = listOf(row, mapping.conversation);
      const [role, content] =
        mapping.shape === "messages" ? ["role", "content"] : ["from", "value"];
      return [...system, ...turns.map((turn, i) => turnOf(turn, i, role, content))];
    }
    case "alpaca": {
      const prompt = textOf(row, mapping.prompt);
      const input = mapping.input === null ? "" : optionalText(row, mapping.input);
      const history = (parsedList(row["history"]) ?? []).flatMap(pairOf);
      return [
        ...system,
        ...history,
        userTurn(input.trim() === "" ? prompt : `${prompt}\n${input}`),
        assistantTurn(textOf(row, mapping.completion)),
      ];
    }
    case "prompt-completion": {
      const prompt = parsedList(valueOf(row, mapping.prompt));
      const before =
        prompt === null
          ? [userTurn(textOf(row, mapping.prompt))]
          : prompt.map((turn, i) => turnOf(turn, i, "role", "content"));
      if (mapping.completion === null) return [...system, ...before];
      const completion = parsedList(valueOf(row, mapping.completion));
      const after =
        completion === null
          ? [assistantTurn(textOf(row, mapping.completion))]
          : completion.map((turn, i) => turnOf(turn, i, "role", "content"));
      return [...system, ...before, ...after];
    }
    default:
      return mapping.shape satisfies never;
  }
}

function systemOf(row: Readonly<Record<string, unknown>>, mapping: ImportMapping): RecordMessage[] {
  if (mapping.system === null) return [];
  const content = optionalText(row, mapping.system);
  return content.trim() === "" ? [] : [{ role: "system", content, reasoning: null }];
}

function turnOf(turn: unknown, index: number, roleKey: string, contentKey: string): RecordMessage {
  if (!isObject(turn)) throw new BadRowError(`turn ${index + 1} is not an object`);
  const name = turn[roleKey];
  const role = typeof name === "string" ? ROLES[name.toLowerCase()] : undefined;
  if (role === undefined) {
    throw new BadRowError(`turn ${index + 1} has no known ${roleKey}: ${shown(name)}`);
  }
  const content = contentText(turn[contentKey]);
  if (content === null) throw new BadRowError(`turn ${index + 1} has no text in "${contentKey}"`);
  if (role !== "assistant") return { role, content, reasoning: null };
  const reasoning = REASONING_FIELDS.map((field) => turn[field]).find(
    (value) => typeof value === "string",
  );
  return typeof reasoning === "string"
    ? { role, content: content.trim(), reasoning: reasoning.trim() }
    : assistantTurn(content);
}

/** Text, or OpenAI's list of parts with text in them; null is what tool calls have. */
function contentText(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (value === null) return "";
  if (!Array.isArray(value)) return null;
  const parts = value.map((part: unknown) =>
    isObject(part) && typeof part["text"] === "string" ? part["text"] : null,
  );
  return parts.includes(null) ? null : parts.join("");
}

function pairOf(pair: unknown): RecordMessage[] {
  if (!Array.isArray(pair)) throw new BadRowError("the history is not a list of pairs");
  const [user, assistant]: unknown[] = pair;
  if (typeof user !== "string" || typeof assistant !== "string") {
    throw new BadRowError("the history is not a list of pairs of texts");
  }
  return [userTurn(user), assistantTurn(assistant)];
}

function userTurn(content: string): RecordMessage {
  return { role: "user", content, reasoning: null };
}

function assistantTurn(text: string): RecordMessage {
  return { role: "assistant", ...splitReasoning(text) };
}

function withReasoningColumn(
  messages: RecordMessage[],
  row: Readonly<Record<string, unknown>>,
  mapping: ImportMapping,
): RecordMessage[] {
  const last = messages.at(-1);
  if (mapping.reasoning === null || last?.role !== "assistant") return messages;
  const reasoning = optionalText(row, mapping.reasoning).trim();
  if (reasoning === "" || last.reasoning !== null) return messages;
  return [...messages.slice(0, -1), { ...last, reasoning }];
}

function checkTexts(messages: readonly RecordMessage[]): void {
  if (messages.length === 0) throw new BadRowError("the conversation is empty");
  if (messages.length > 1000) throw new BadRowError("the conversation has more than 1,000 turns");
  if (!messages.some(({ role, content }) => role === "user" && content.trim() !== "")) {
    throw new BadRowError("nobody asks anything: there is no user turn with text");
  }
  for (const { content, reasoning } of messages) {
    for (const text of [content, reasoning ?? ""]) {
      if (text.length > MAX_RECORD_CHARACTERS) {
        throw new BadRowError("a text has more than 8,000,000 characters");
      }
      if (text.includes("\0")) throw new BadRowError("a text holds NUL characters");
      if (!text.isWellFormed()) throw new BadRowError("a text holds half of a character");
    }
  }
}

function referenceOf(
  row: Readonly<Record<string, unknown>>,
  mapping: ImportMapping,
): RecordReference {
  const gold = mapping.gold === null ? null : row[mapping.gold];
  const problemId = firstOf(row, PROBLEM_COLUMNS.problemId);
  const named = mapping.task === null ? undefined : row[mapping.task];
  const task = TaskName.safeParse(
    typeof named === "string" && named !== ""
      ? named
      : typeof problemId === "string"
        ? problemId.split("/", 1)[0]
        : undefined,
  );
  const difficulty = Number(firstOf(row, PROBLEM_COLUMNS.difficulty) ?? NaN);
  const data = firstOf(row, PROBLEM_COLUMNS.data);
  return {
    task: task.success ? task.data : null,
    problemId: typeof problemId === "string" && task.success ? problemId : null,
    difficulty: Number.isSafeInteger(difficulty) && task.success ? difficulty : null,
    gold: goldText(gold),
    data: task.success && data !== undefined ? parsedJson(data) : null,
  };
}

function goldText(gold: unknown): string | null {
  if (typeof gold === "string") return gold.trim() === "" ? null : gold;
  return typeof gold === "number" || typeof gold === "boolean" ? String(gold) : null;
}

/** What no part of the record took, kept as it was. */
function metadataOf(
  row: Readonly<Record<string, unknown>>,
  mapping: ImportMapping,
): Record<string, unknown> {
  const { shape: _shape, ...columns } = mapping;
  const taken = new Set<string | null>([
    ...Object.values(columns),
    ...Object.values(PROBLEM_COLUMNS).flat(),
    ...(mapping.shape === "alpaca" ? ["history"] : []),
  ]);
  const rest = Object.entries(row).filter(([name]) => !taken.has(name) && name !== "metadata");
  const own = parsedJson(row["metadata"]);
  const nested = isObject(own)
    ? own
    : row["metadata"] === undefined || row["metadata"] === null || row["metadata"] === ""
      ? {}
      : { metadata: row["metadata"] };
  return { ...nested, ...Object.fromEntries(rest) };
}

function firstOf(row: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  const name = names.find((one) => row[one] !== undefined && row[one] !== null && row[one] !== "");
  return name === undefined ? undefined : row[name];
}

function valueOf(row: Readonly<Record<string, unknown>>, column: string | null): unknown {
  if (column === null) throw new BadRowError("the mapping names no column");
  const value = row[column];
  if (value === undefined) throw new BadRowError(`has no "${column}"`);
  return value;
}

function textOf(row: Readonly<Record<string, unknown>>, column: string | null): string {
  const value = valueOf(row, column);
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw new BadRowError(`"${column ?? ""}" is not text`);
}

function optionalText(row: Readonly<Record<string, unknown>>, column: string): string {
  const value = row[column];
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  throw new BadRowError(`"${column}" is not text`);
}

function listOf(row: Readonly<Record<string, unknown>>, column: string | null): unknown[] {
  const list = parsedList(valueOf(row, column));
  if (list === null) throw new BadRowError(`"${column ?? ""}" is not a list of turns`);
  return list;
}

/** A list, or a text that is one in JSON, as CSV has it. */
function parsedList(value: unknown): unknown[] | null {
  const parsed = parsedJson(value);
  return Array.isArray(parsed) ? parsed : null;
}

function parsedJson(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{"]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function shown(value: unknown): string {
  return printable(JSON.stringify(value ?? null)).slice(0, 80);
}
