/**
 * Files of rows: JSONL, JSON, CSV and Parquet, read as streams, each row with its place. Nothing in
 * them is trusted: a row that cannot be read says why and the next one is read.
 */
import { AppError } from "#shared/errors.ts";
import { parseExactly, WrittenNumber } from "#main/platform/exact-json.ts";
import { jsonFault } from "#main/platform/json-fault.ts";
import { notUtf8 } from "#shared/text-encoding.ts";

/**
 * Numbers that a double does not hold as they were written (1.0, 0.0000001, 9007199254740993), by their place in the
 * row: "/gold", "/ids/0". Plain, so that rows can go from one process to another.
 */
export type WrittenNumbers = Readonly<Record<string, string>>;
export const NO_NUMBERS: WrittenNumbers = {};

export type SourceRow =
  | {
      readonly line: number;
      readonly value: Readonly<Record<string, unknown>>;
      readonly numbers?: WrittenNumbers;
    }
  | { readonly line: number; readonly bad: string };

export interface RowReading {
  readonly rows: AsyncGenerator<SourceRow>;
  /** Bytes read so far, for progress; of Parquet, its share of rows. */
  position(): number;
}

/** A row longer than this is none. */
export const MAX_ROW_BYTES = 64 * 1024 * 1024;

/** A row nested deeper than this is none. */
const MAX_DEPTH = 100;
const TOO_DEEP = `is nested deeper than ${MAX_DEPTH} levels`;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes as text, or undefined where they are not UTF-8. */
export function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Where a row begins in its file, both counted from 1. */
export interface RowPlace {
  /** Absent where the row's line is its number: then only columns tell more. */
  readonly line?: number;
  readonly column: number;
}

/** One row of a JSON text. What is wrong with it is told by its place in the file, which people open to mend it. */
export function rowOfJson(line: number, bytes: Uint8Array, begins: RowPlace): SourceRow {
  const text = utf8Of(bytes);
  if (text === undefined) return { line, bad: notUtf8(bytes) };
  try {
    return rowOfValue(line, parseExactly(text));
  } catch (error) {
    // The parser goes down into each level: where its stack ends, a row is far too deep.
    if (error instanceof RangeError) return { line, bad: TOO_DEEP };
    return { line, bad: notJson(text, begins) };
  }
}

function notJson(text: string, begins: RowPlace): string {
  const { offset, reason } = jsonFault(text) ?? { offset: 0, reason: "" };
  const before = text.slice(0, offset).split("\n");
  const last = Array.from(before.at(-1) ?? "").length + 1;
  const column = before.length === 1 ? begins.column + last - 1 : last;
  const place =
    begins.line === undefined
      ? `column ${column}`
      : `line ${begins.line + before.length - 1}, column ${column}`;
  return `is not JSON at ${place}: ${printable(reason).slice(0, 200)}`;
}

/** A value whose numbers may be `WrittenNumber`s, as a row. */
export function rowOfValue(line: number, value: unknown): SourceRow {
  if (!isObject(value)) return { line, bad: "is not an object" };
  if (isDeeperThan(value, MAX_DEPTH)) {
    return { line, bad: TOO_DEEP };
  }
  const numbers: Record<string, string> = {};
  takeNumbers(value, "", numbers);
  return Object.keys(numbers).length === 0 ? { line, value } : { line, value, numbers };
}

/** Without recursion: what is nested a million deep would end whoever goes down into it. */
function isDeeperThan(value: object, depth: number): boolean {
  let level: object[] = [value];
  for (let i = 0; i <= depth && level.length > 0; i++) {
    level = level.flatMap((item) => Object.values(item).filter((part) => isContainer(part)));
  }
  return level.length > 0;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
}

/** Puts doubles where written numbers stand, and notes what was written. */
function takeNumbers(value: object, place: string, numbers: Record<string, string>): void {
  for (const [key, item] of Object.entries(value)) {
    if (item instanceof WrittenNumber) {
      numbers[`${place}/${key}`] = item.text;
      Reflect.set(value, key, Number(item.text));
    } else if (typeof item === "object" && item !== null) {
      takeNumbers(item, `${place}/${key}`, numbers);
    }
  }
}

/** A number as text: as it was written where a double would say it in another way. */
export function numberText(value: number, place: string, numbers: WrittenNumbers): string {
  return numbers[place] ?? String(value);
}

/** Without control characters, which a terminal would obey: reasons quote what stands in files. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function unreadable(path: string, cause: unknown): AppError {
  return new AppError(
    "BAD_INPUT",
    `${path} cannot be read: ${printable(cause instanceof Error ? cause.message : String(cause)).slice(0, 300)}`,
    "Check that the file is whole and of the format it is said to be.",
    { cause },
  );
}
