/**
 * JSON whose numbers stay as they were written: JavaScript's doubles turn 9007199254740993 into …992, 1.0 into 1 and
 * 0.0000001 into 1e-7. Uses what ECMAScript's "JSON.parse source text access" gives: the text in revivers, and raw JSON.
 */

import type { JsonValue } from "#shared/schema/json-value.ts";

/** A number that a double does not hold as it was written. */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

interface RawJson {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

// TypeScript's libraries do not know these yet.
const { rawJSON, isRawJSON } = JSON as unknown as RawJson;
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;

/** Throws SyntaxError. Numbers that would change are `WrittenNumber`s. */
export function parseExactly(text: string): unknown {
  return parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source
      ? new WrittenNumber(source)
      : value,
  );
}

/** A value that `JSON.stringify` writes as this number. */
export function rawNumber(text: string): object {
  return rawJSON(text);
}

/** What `JSON.stringify` would write for a raw number; undefined for any other value. */
export function rawNumberText(value: unknown): string | undefined {
  return isRawJSON(value) ? value.rawJSON : undefined;
}

/** As `JSON.parse`, with raw numbers for those that would change: read, and written again the same. */
export function parseForWriting(text: string): unknown {
  return parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source
      ? rawJSON(source)
      : value,
  );
}

/** As `JSON.parse`, with text for whole numbers that a double cannot hold: right to look at. */
export function parseForShowing(text: string): unknown {
  return parse(text, (_key, value, { source }) =>
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? (source ?? value)
      : value,
  );
}

/** Values with raw numbers as the doubles that they are. */
export function plainValues(value: Readonly<Record<string, unknown>>): Record<string, JsonValue> {
  return JSON.parse(JSON.stringify(value)) as Record<string, JsonValue>;
}

/** Values with raw numbers as they are shown. */
export function forShowing(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return parseForShowing(JSON.stringify(value)) as Record<string, unknown>;
}
