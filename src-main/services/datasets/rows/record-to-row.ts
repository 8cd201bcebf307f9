/** A record as one row of a file, in the shape that is asked for; or why that shape cannot hold it. */
import { REASONING_FIELDS } from "#shared/schema/dataset.ts";
import type { DatasetShape, ReasoningForm, RecordMessage } from "#shared/schema/dataset.ts";
import { joinReasoning } from "#shared/schema/record-text.ts";
import type { RecordText } from "#main/store/repositories/record-repository.ts";
import { OPENAI_KEYS, roleName, SHAREGPT_KEYS } from "./turns.ts";
import { EXTRA_COLUMNS } from "#main/core/tables/own-cells.ts";

export type Row = Record<string, unknown>;

export interface RowShape {
  readonly shape: DatasetShape;
  readonly reasoning: ReasoningForm;
  /** prompt-completion: texts, where every record of the file is one question and one answer at most. */
  readonly textual: boolean;
}

type Messages = readonly RecordMessage[];

/** The columns of the shape itself. */
export function columnsOfShape({ shape, reasoning, textual }: RowShape): string[] {
  const own = reasoning === "inline" ? [] : ["reasoning"];
  switch (shape) {
    case "messages":
      return ["messages"];
    case "sharegpt":
      return ["conversations", "system", ...own];
    case "alpaca":
      return ["instruction", "input", "output", "system", "history", ...own];
    case "prompt-completion":
      return ["prompt", "completion", ...(textual ? own : [])];
    default:
      return shape satisfies never;
  }
}

export function recordToRow(
  record: RecordText,
  shape: RowShape,
): Row | { readonly cannot: string } {
  const { messages } = record;
  const reason = shape.shape === "alpaca" ? notAlpaca(messages) : null;
  if (reason !== null) return { cannot: reason };
  return { ...withColumns(shapedRow(messages, shape), record, shape) };
}

/** Whether a row of two texts holds the whole record. */
export function isTextual(messages: Messages): boolean {
  const [asked, answer] = messages;
  return (
    messages.length <= 2 &&
    asked?.role === "user" &&
    (answer === undefined || answer.role === "assistant") &&
    asked.written?.list !== true &&
    messages.every(({ extra }) => extra === undefined)
  );
}

function shapedRow(messages: Messages, shape: RowShape): Row {
  const { reasoning } = shape;
  switch (shape.shape) {
    case "messages":
      return { messages: messages.map((message) => chatTurn(message, reasoning)) };
    case "sharegpt":
      return shareGptRow(messages, reasoning);
    case "alpaca":
      return alpacaRow(messages, reasoning);
    case "prompt-completion":
      return promptRow(messages, shape);
    default:
      return shape.shape satisfies never;
  }
}

function shareGptRow(messages: Messages, form: ReasoningForm): Row {
  const [first] = messages;
  // A system prompt that was a turn stays one; the others have a column.
  const column = first?.role === "system" && first.written?.from === undefined ? first : undefined;
  const turns = column === undefined ? messages : messages.slice(1);
  return {
    conversations: turns.map((message, i) => ({
      from: roleName(message, SHAREGPT_KEYS),
      ...shareGptText(message, form, i === turns.length - 1),
      ...message.extra,
    })),
    ...(column === undefined ? {} : { system: column.content }),
    ...(form === "as-is" && turns.at(-1)?.written?.field !== "column"
      ? {}
      : reasoningColumn(turns, form)),
  };
}

/** Reasoning that came in a field of the turn goes into it again; that of a column is the last turn's. */
function shareGptText(message: RecordMessage, form: ReasoningForm, last: boolean): Row {
  const field = REASONING_FIELDS.find((name) => name === message.written?.field);
  if (form === "as-is" && field !== undefined) {
    return { value: message.content, [field]: message.reasoning ?? "" };
  }
  return { value: last ? lastText(message, form) : joinReasoning(message) };
}

/** Why Alpaca's columns cannot hold a conversation; null: they can. */
function notAlpaca(messages: Messages): string | null {
  const turns = messages[0]?.role === "system" ? messages.slice(1) : messages;
  const odd = turns.find(({ role }, i) => role !== (i % 2 === 0 ? "user" : "assistant"));
  if (odd !== undefined) {
    return odd.role === "tool" || odd.role === "system"
      ? `it has a ${odd.role} turn inside`
      : "question and answer do not take turns";
  }
  if (turns.length % 2 !== 0) return "it has no answer";
  const extra = messages.find((message) => message.extra !== undefined)?.extra;
  return extra === undefined ? null : `a turn has "${Object.keys(extra)[0] ?? ""}"`;
}

function alpacaRow(messages: Messages, form: ReasoningForm): Row {
  const [first] = messages;
  const turns = first?.role === "system" ? messages.slice(1) : messages;
  const history: [string, string][] = [];
  for (let i = 0; i + 3 < turns.length; i += 2) {
    const [user, answer] = [turns[i], turns[i + 1]];
    if (user !== undefined && answer !== undefined) {
      history.push([user.content, joinReasoning(answer)]);
    }
  }
  const [asked, answer] = turns.slice(-2);
  return {
    ...instructionAndInput(asked),
    output: answer === undefined ? "" : lastText(answer, form),
    ...(first?.role === "system" ? { system: first.content } : {}),
    ...(history.length === 0 ? {} : { history }),
    ...reasoningColumn(turns, form),
  };
}

/** Divided where the text was divided when it came in. */
function instructionAndInput(asked: RecordMessage | undefined): {
  instruction: string;
  input: string;
} {
  const content = asked?.content ?? "";
  const { instruction, apart } = asked?.written ?? {};
  const gap = apart === true ? "\n\n" : "\n";
  return instruction !== undefined && content.startsWith(instruction + gap)
    ? { instruction, input: content.slice(instruction.length + gap.length) }
    : { instruction: content, input: "" };
}

/** TRL's two forms: texts, or lists of turns. One file has one of them, for readers with typed columns. */
function promptRow(messages: Messages, { reasoning, textual }: RowShape): Row {
  const last = messages.at(-1);
  const answered = last?.role === "assistant";
  const asked = answered ? messages.slice(0, -1) : messages;
  if (textual) {
    return {
      prompt: asked[0]?.content ?? "",
      completion: answered ? lastText(last, reasoning) : null,
      ...reasoningColumn(messages, reasoning),
    };
  }
  return {
    prompt: asked.map((message) => chatTurn(message, reasoning)),
    completion: answered ? [chatTurn(last, reasoning)] : null,
  };
}

function chatTurn(message: RecordMessage, form: ReasoningForm): Row {
  const { content, reasoning, extra } = message;
  const role = roleName(message, OPENAI_KEYS);
  if (!isInField(message, form)) return { role, content: joinReasoning(message), ...extra };
  const named = form === "field" ? undefined : message.written?.field;
  const field = REASONING_FIELDS.find((name) => name === named) ?? REASONING_FIELDS[0];
  return { role, content, [field]: reasoning ?? "", ...extra };
}

/** Whether a turn's reasoning is written apart from its text. */
function isInField({ reasoning, written }: RecordMessage, form: ReasoningForm): boolean {
  if (form === "inline") return false;
  return form === "field" ? reasoning !== null : written?.field !== undefined;
}

/** The last turn's text, without the reasoning where that has a column. */
function lastText(message: RecordMessage, form: ReasoningForm): string {
  return isInField(message, form) ? message.content : joinReasoning(message);
}

function reasoningColumn(messages: Messages, form: ReasoningForm): Row {
  const last = messages.at(-1);
  if (last === undefined || last.reasoning === null || !isInField(last, form)) return {};
  return { reasoning: last.reasoning };
}

/** With the metadata and what is known beside it. A text is never overwritten by metadata of the same name. */
function withColumns(row: Row, { reference, metadata }: RecordText, shape: RowShape): Row {
  const known: Row = {
    gold: reference.gold,
    task: reference.task,
    problem_id: reference.problemId,
    difficulty: reference.difficulty,
    problem_data: reference.data,
  };
  const facts = EXTRA_COLUMNS.filter((name) => known[name] !== null && known[name] !== undefined);
  const taken = new Set<string>([...columnsOfShape(shape), ...facts]);
  const beside = Object.entries(metadata).map(([name, value]) => {
    let free = name;
    while (taken.has(free)) free = `metadata.${free}`;
    taken.add(free);
    return [free, value];
  });
  return {
    ...row,
    ...Object.fromEntries(beside),
    ...Object.fromEntries(facts.map((name) => [name, known[name]])),
  };
}
