/** One row of a file as a record, by a mapping; or why it cannot be one. What no part of the record takes is its metadata. */
import { MAX_RECORD_CHARACTERS } from "#shared/schema/dataset.ts";
import type { ImportMapping, RecordMessage, RecordReference } from "#shared/schema/dataset.ts";
import { TaskName } from "#shared/schema/stages/problem-data.ts";
import { splitReasoning } from "#shared/schema/record-text.ts";
import { rawNumber } from "#main/platform/exact-json.ts";
import { finalAnswer, goldText } from "./golds.ts";
import { RowCells } from "./row-cells.ts";
import { isObject, NO_NUMBERS } from "#main/core/tables/source-row.ts";
import type { WrittenNumbers } from "#main/core/tables/source-row.ts";
import { BadRowError, OPENAI_KEYS, SHAREGPT_KEYS, turnOf } from "./turns.ts";
import type { TurnKeys } from "./turns.ts";

export interface IncomingRecord {
  readonly messages: RecordMessage[];
  readonly reference: RecordReference;
  /** Numbers that a double would change are raw JSON (platform/exact-json.ts). */
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface RowOptions {
  /** The row is of a table: its lists and objects may be JSON in a cell, and an empty cell says nothing. */
  readonly table: boolean;
  readonly numbers?: WrittenNumbers | undefined;
}

/** Columns that Gradus' own exports carry beside the text. */
const PROBLEM_ID = ["problem_id", "problemId"];

export function rowToRecord(
  row: Readonly<Record<string, unknown>>,
  mapping: ImportMapping,
  { table, numbers = NO_NUMBERS }: RowOptions = { table: false },
): IncomingRecord | { readonly bad: string } {
  const cells = new RowCells(row, table, numbers);
  try {
    const messages = withReasoningColumn(messagesOf(cells, mapping), cells, mapping);
    checkTexts(messages);
    const reference = referenceOf(cells, mapping, messages);
    return { messages, reference, metadata: metadataOf(cells, numbers) };
  } catch (error) {
    if (error instanceof BadRowError) return { bad: error.message };
    throw error;
  }
}

function messagesOf(cells: RowCells, mapping: ImportMapping): RecordMessage[] {
  const system = systemOf(cells, mapping);
  switch (mapping.shape) {
    case "messages":
    case "sharegpt": {
      const keys = mapping.shape === "messages" ? OPENAI_KEYS : SHAREGPT_KEYS;
      return [
        ...system,
        ...turnsOf(cells.list(mapping.conversation), mapping.conversation, keys, cells),
      ];
    }
    case "alpaca":
      return [
        ...system,
        ...cells.pairs("history").flatMap(([user, answer]) => [userTurn(user), answerTurn(answer)]),
        instructionTurn(cells, mapping),
        answerTurn(cells.text(mapping.completion)),
      ];
    case "prompt-completion":
      return [...system, ...promptAndCompletion(cells, mapping)];
    default:
      return mapping.shape satisfies never;
  }
}

function turnsOf(
  turns: readonly unknown[],
  column: string | null,
  keys: TurnKeys,
  cells: RowCells,
): RecordMessage[] {
  const place = cells.place(column ?? "");
  return turns.map((turn, i) =>
    turnOf(turn, i, keys, (field) => cells.numbers[`${place}/${i}/${field}`]),
  );
}

function systemOf(cells: RowCells, mapping: ImportMapping): RecordMessage[] {
  if (mapping.system === null) return [];
  const content = cells.optionalText(mapping.system);
  return content === "" ? [] : [{ role: "system", content, reasoning: null }];
}

function instructionTurn(cells: RowCells, mapping: ImportMapping): RecordMessage {
  const instruction = cells.text(mapping.prompt);
  const input = mapping.input === null ? "" : cells.optionalText(mapping.input);
  if (input === "") return userTurn(instruction);
  return { ...userTurn(`${instruction}\n\n${input}`), written: { instruction, apart: true } };
}

/** TRL's forms: two texts, two lists of turns, or a list that begins with the prompt's turns (UltraFeedback). */
function promptAndCompletion(cells: RowCells, mapping: ImportMapping): RecordMessage[] {
  const { prompt, completion } = mapping;
  const asked = cells.turns(prompt);
  const answered = completion === null || cells.isNothing(completion) ? null : completion;
  const turns = answered === null ? null : cells.turns(answered);
  // In a table a text may look like a list of turns; both do not by chance.
  const one = asked === null ? answered : prompt;
  const isText =
    one !== null &&
    answered !== null &&
    (asked === null) !== (turns === null) &&
    typeof cells.value(one) === "string";
  const before =
    asked === null || isText
      ? [userTurn(cells.text(prompt))]
      : listedTurns(turnsOf(asked, prompt, OPENAI_KEYS, cells));
  if (answered === null) return before;
  if (turns === null || isText) return [...before, answerTurn(cells.text(answered))];
  const after = turnsOf(turns, answered, OPENAI_KEYS, cells);
  const whole = after[0]?.role === "user" || after[0]?.role === "system";
  if (!whole) return [...before, ...after];
  const joined = joinedAtPrompt(before, after);
  if (joined !== null) return joined;
  throw new BadRowError(
    `"${answered}" is a conversation that does not hold the text of "${prompt ?? ""}": map it as the conversation instead`,
  );
}

/** Noted for an export: two texts would say the same of one question and one answer. */
function listedTurns([first, ...rest]: RecordMessage[]): RecordMessage[] {
  return first === undefined
    ? []
    : [{ ...first, written: { ...first.written, list: true } }, ...rest];
}

/** A completion that repeats the prompt's turns, with each turn once; null where it does not repeat them. */
function joinedAtPrompt(
  before: readonly RecordMessage[],
  after: readonly RecordMessage[],
): RecordMessage[] | null {
  const body = after.findIndex(({ role }) => role !== "system");
  const system = before.some(({ role }) => role === "system") ? [] : after.slice(0, body);
  const rest = after.slice(system.length);
  for (let from = 0; from < before.length; from++) {
    const repeated = before.slice(from);
    if (repeated.every((turn, i) => isSameTurn(turn, rest[i]))) {
      return [...system, ...before.slice(0, from), ...rest];
    }
  }
  const [only] = before;
  const inside = before.length === 1 && after.some((turn) => isSameTurn(turn, only));
  return inside ? [...after] : null;
}

function isSameTurn(a: RecordMessage, b: RecordMessage | undefined): boolean {
  return a.role === b?.role && a.content === b.content;
}

function userTurn(content: string): RecordMessage {
  return { role: "user", content, reasoning: null };
}

function answerTurn(text: string): RecordMessage {
  return { role: "assistant", ...splitReasoning(text) };
}

/** Reasoning of a column goes to the last answer; where that has its own, the column is metadata. */
function withReasoningColumn(
  messages: RecordMessage[],
  cells: RowCells,
  mapping: ImportMapping,
): RecordMessage[] {
  const last = messages.at(-1);
  if (mapping.reasoning === null || last?.role !== "assistant") return messages;
  if (last.reasoning !== null) return messages;
  const reasoning = cells.optionalText(mapping.reasoning);
  if (reasoning === "") return messages;
  return [
    ...messages.slice(0, -1),
    { ...last, reasoning, written: { ...last.written, field: "column" } },
  ];
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

/** A column is taken only where the record holds all that it says; else it stays in the metadata. */
function referenceOf(
  cells: RowCells,
  mapping: ImportMapping,
  messages: readonly RecordMessage[],
): RecordReference {
  const gold = goldOf(cells, mapping, messages);
  const problemId = PROBLEM_ID.map((name) => ({ name, value: cells.value(name) })).find(
    ({ value }) => typeof value === "string" && value !== "",
  );
  const id = typeof problemId?.value === "string" ? problemId.value : null;
  const named = mapping.task === null ? undefined : cells.value(mapping.task);
  const blank = named === undefined || named === null || named === "";
  const task = TaskName.safeParse(blank ? id?.split("/", 1)[0] : named);
  if (!task.success) return { task: null, problemId: null, difficulty: null, gold, data: null };
  if (mapping.task !== null) cells.take(mapping.task);
  if (problemId !== undefined) cells.take(problemId.name);
  const difficulty = cells.value("difficulty");
  const level = difficulty === null || difficulty === "" ? NaN : Number(difficulty ?? NaN);
  const known = Number.isSafeInteger(level);
  if (known) cells.take("difficulty");
  const data = cells.json("problem_data");
  if (data !== undefined) cells.take("problem_data");
  return {
    task: task.data,
    problemId: id,
    difficulty: known ? level : null,
    gold,
    data: data ?? null,
  };
}

/** A gold that is mapped to the completion's own column is the answer at the end of that text. */
function goldOf(
  cells: RowCells,
  mapping: ImportMapping,
  messages: readonly RecordMessage[],
): string | null {
  if (mapping.gold === null) return null;
  if (mapping.gold === mapping.completion) return finalAnswer(messages.at(-1)?.content ?? "");
  const gold = goldText(cells.value(mapping.gold), cells.place(mapping.gold), cells.numbers);
  if (gold !== null) cells.take(mapping.gold);
  return gold;
}

function metadataOf(cells: RowCells, numbers: WrittenNumbers): Record<string, unknown> {
  const rest = cells.rest();
  const places = Object.keys(numbers);
  return places.length === 0
    ? rest
    : Object.fromEntries(
        Object.entries(rest).map(([key, value]) => [key, withRaw(value, `/${key}`, numbers)]),
      );
}

/** Numbers that a double does not hold as they were written become raw JSON. */
export function withRaw(value: unknown, place: string, numbers: WrittenNumbers): unknown {
  if (typeof value === "number") {
    const text = numbers[place];
    return text === undefined ? value : rawNumber(text);
  }
  if (Array.isArray(value)) return value.map((item, i) => withRaw(item, `${place}/${i}`, numbers));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withRaw(item, `${place}/${key}`, numbers)]),
  );
}
