/** One turn of a conversation in a file, as a record's turn; or why it cannot be one. */
import { REASONING_FIELDS } from "#shared/schema/dataset.ts";
import type { RecordMessage } from "#shared/schema/dataset.ts";
import { splitReasoning } from "#shared/schema/record-text.ts";
import { isObject, printable } from "#main/core/tables/source-row.ts";

/** A row that cannot come in, and why; thrown and caught where rows become records. */
export class BadRowError extends Error {}

/** How OpenAI and ShareGPT name a turn's fields. */
export interface TurnKeys {
  readonly role: "role" | "from";
  readonly content: "content" | "value";
}
export const OPENAI_KEYS: TurnKeys = { role: "role", content: "content" };
export const SHAREGPT_KEYS: TurnKeys = { role: "from", content: "value" };

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

/** How ShareGPT calls the roles. */
export const SHAREGPT_ROLES: { readonly [Role in RecordMessage["role"]]: string } = {
  system: "system",
  user: "human",
  assistant: "gpt",
  tool: "observation",
};

/** `numberOf` gives a field's number as it was written, where a double says it in another way. Throws BadRowError. */
export function turnOf(
  turn: unknown,
  index: number,
  keys: TurnKeys,
  numberOf: (field: string) => string | undefined = () => undefined,
): RecordMessage {
  const place = `turn ${index + 1}`;
  if (!isObject(turn)) throw new BadRowError(`${place} is not an object`);
  const { [keys.role]: name, [keys.content]: value, ...fields } = turn;
  const role = typeof name === "string" ? ROLES[name.toLowerCase()] : undefined;
  if (role === undefined || typeof name !== "string") {
    throw new BadRowError(`${place} has no known ${keys.role}: ${shown(name)}`);
  }
  refuseCalls(fields, place);
  const content = contentText(value);
  const reasoning = role === "assistant" ? reasoningField(fields) : undefined;
  if (content === null && (value !== null || reasoning === undefined)) {
    throw new BadRowError(`${place} has no text in "${keys.content}"`);
  }
  const others = Object.entries(fields).filter(
    ([key, item]) =>
      item !== null && item !== undefined && (reasoning === undefined || key !== reasoning.field),
  );
  checkWeight(fields["weight"], place);
  const extra = others.map(([key, item]): [string, unknown] => [
    key,
    Number.isSafeInteger(item) || !Number.isInteger(item) ? item : (numberOf(key) ?? item),
  ]);
  const text = content ?? "";
  const divided: Pick<RecordMessage, "content" | "reasoning" | "written"> =
    role !== "assistant"
      ? { content: text, reasoning: null }
      : reasoning === undefined
        ? splitReasoning(text)
        : {
            content: text,
            reasoning: reasoning.text === "" ? null : reasoning.text,
            written: { field: reasoning.field },
          };
  const named = writtenName(name, role, keys);
  const written = { ...divided.written, ...named };
  return {
    role,
    content: divided.content,
    reasoning: divided.reasoning,
    ...(Object.keys(written).length === 0 ? {} : { written }),
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
  };
}

/** Whether a value is what `turnOf` takes: how a list of turns in a table's cell is told from a text that is JSON. */
export function isTurn(value: unknown, keys: TurnKeys): boolean {
  if (!isObject(value)) return false;
  const { [keys.role]: name } = value;
  return typeof name === "string" && name.toLowerCase() in ROLES && keys.content in value;
}

/** The name that this turn had in its file, where the same shape is written. */
export function roleName(message: RecordMessage, keys: TurnKeys): string {
  const usual = keys.role === "from" ? SHAREGPT_ROLES[message.role] : message.role;
  const name = message.written?.[keys.role];
  return name !== undefined && ROLES[name.toLowerCase()] === message.role ? name : usual;
}

/** ShareGPT's system prompt may be a turn or a column, so that its name as a turn is kept too. */
function writtenName(
  name: string,
  role: RecordMessage["role"],
  keys: TurnKeys,
): RecordMessage["written"] {
  if (keys.role === "role") return name === role ? {} : { role: name };
  return name === SHAREGPT_ROLES[role] && role !== "system" ? {} : { from: name };
}

/** A turn that calls tools says it in fields that no record has: as text alone it would be an empty answer. */
function refuseCalls(fields: Readonly<Record<string, unknown>>, place: string): void {
  for (const name of ["tool_calls", "function_call"]) {
    const calls = fields[name];
    if (calls === undefined || calls === null) continue;
    if (Array.isArray(calls) && calls.length === 0) continue;
    throw new BadRowError(
      `${place} calls tools ("${name}"), which a record cannot hold: write the call as the turn's text, or leave the row out`,
    );
  }
}

function checkWeight(weight: unknown, place: string): void {
  if (weight === undefined || weight === null || weight === 0 || weight === 1) return;
  throw new BadRowError(
    `${place} has the weight ${shown(weight)}: only 1 and 0, which is not trained on, are known`,
  );
}

function reasoningField(
  fields: Readonly<Record<string, unknown>>,
): { readonly field: (typeof REASONING_FIELDS)[number]; readonly text: string } | undefined {
  for (const field of REASONING_FIELDS) {
    const text = fields[field];
    if (typeof text === "string") return { field, text };
  }
  return undefined;
}

/** Text, or OpenAI's list of parts with text in them. Null: it is neither. */
function contentText(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return null;
  const parts = value.map((part: unknown) =>
    isObject(part) && typeof part["text"] === "string" ? part["text"] : null,
  );
  return parts.includes(null) ? null : parts.join("");
}

function shown(value: unknown): string {
  return printable(JSON.stringify(value ?? null)).slice(0, 80);
}
