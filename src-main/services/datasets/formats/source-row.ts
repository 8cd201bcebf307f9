/**
 * Files of rows: JSONL, JSON, CSV and Parquet, read as streams, each row with its place. Nothing in
 * them is trusted: a row that cannot be read says why and the next one is read.
 */
import { AppError } from "#shared/errors.ts";

export type SourceRow =
  | { readonly line: number; readonly value: Readonly<Record<string, unknown>> }
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

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes as text, or undefined where they are not UTF-8. */
export function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** One row of a JSON text. */
export function rowOfJson(line: number, bytes: Uint8Array): SourceRow {
  const text = utf8Of(bytes);
  if (text === undefined) return { line, bad: "is not valid UTF-8" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return {
      line,
      bad: `is not JSON: ${error instanceof Error ? printable(error.message).slice(0, 200) : ""}`,
    };
  }
  return rowOfValue(line, value);
}

export function rowOfValue(line: number, value: unknown): SourceRow {
  if (!isObject(value)) return { line, bad: "is not an object" };
  if (isDeeperThan(value, MAX_DEPTH)) {
    return { line, bad: `is nested deeper than ${MAX_DEPTH} levels` };
  }
  return { line, value };
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
