/**
 * JSON: an array of objects, or an object that holds one (`{"data": […]}`). The array is cut into its
 * elements as the bytes go by, so that a file of any size is read; a row's line is its number. What is
 * wrong in a row is told by its line and column in the file.
 */
import { createReadStream } from "node:fs";
import { AppError } from "#shared/errors.ts";
import { MAX_ROW_BYTES, rowOfJson } from "./source-row.ts";
import type { RowReading, SourceRow } from "./source-row.ts";

const [QUOTE, BACKSLASH, COMMA, NEW_LINE] = [0x22, 0x5c, 0x2c, 0x0a];
const [ARRAY_OPEN, ARRAY_CLOSE, OBJECT_OPEN, OBJECT_CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d];

export function readJson(path: string): RowReading {
  let bytes = 0;
  async function* rows(): AsyncGenerator<SourceRow> {
    let depth = 0;
    /** Depth inside the array of rows; 0: not found yet. */
    let inside = 0;
    let ended = false;
    let inString = false;
    let escaped = false;
    let row = 0;
    let pieces: Buffer[] = [];
    let length = 0;
    /** Of the byte at hand, and of the row's first: what a person who opens the file sees. */
    let [line, column] = [1, 0];
    let begins = { line, column };
    const finish = (): SourceRow | undefined => {
      const whole = Buffer.concat(pieces);
      const tooLong = length > MAX_ROW_BYTES;
      pieces = [];
      length = 0;
      if (!tooLong && whole.toString("latin1").trim() === "") return undefined;
      row++;
      return tooLong ? { line: row, bad: "is longer than 64 MiB" } : rowOfJson(row, whole, begins);
    };
    for await (const part of createReadStream(path, { highWaterMark: 1 << 18 })) {
      const chunk = Buffer.from(part);
      let start = inside > 0 ? 0 : chunk.length;
      const keep = (end: number): void => {
        const piece = chunk.subarray(start, end);
        length += piece.length;
        if (length <= MAX_ROW_BYTES) pieces.push(piece);
        else pieces = [];
      };
      for (let i = 0; i < chunk.length && !ended; i++) {
        const byte = chunk[i] ?? 0;
        if (byte === NEW_LINE) [line, column] = [line + 1, 0];
        // Bytes that go on with a character are no characters of their own.
        else if ((byte & 0xc0) !== 0x80) column++;
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inString = false;
          continue;
        }
        if (byte === QUOTE) inString = true;
        else if (byte === ARRAY_OPEN || byte === OBJECT_OPEN) {
          depth++;
          if (inside === 0 && byte === ARRAY_OPEN && depth <= 2) {
            inside = depth;
            start = i + 1;
            begins = { line, column: column + 1 };
          }
        } else if (byte === ARRAY_CLOSE || byte === OBJECT_CLOSE) {
          depth--;
          if (inside > 0 && depth < inside) {
            keep(i);
            start = chunk.length;
            ended = true;
          }
        } else if (byte === COMMA && inside > 0 && depth === inside) {
          keep(i);
          start = i + 1;
          const found = finish();
          begins = { line, column: column + 1 };
          if (found !== undefined) yield found;
        }
      }
      if (inside > 0 && !ended) keep(chunk.length);
      bytes += chunk.length;
    }
    if (inside === 0) {
      throw new AppError(
        "BAD_INPUT",
        `${path} holds no list of rows.`,
        'A JSON file is a list of objects, or an object that holds one: {"data": […]}. One object a line is the format jsonl.',
      );
    }
    const last = finish();
    if (last !== undefined) yield last;
    if (!ended)
      yield {
        line: row + 1,
        bad: `is missing: the file ends in line ${line} before its list does`,
      };
  }
  return { rows: rows(), position: () => bytes };
}
