/** JSONL: one object a line. BOM, CRLF and empty lines are forgiven. */
import { createReadStream } from "node:fs";
import { MAX_ROW_BYTES, rowOfJson } from "./source-row.ts";
import type { RowReading, SourceRow } from "./source-row.ts";

const NEW_LINE = 0x0a;

export function readJsonl(path: string): RowReading {
  let bytes = 0;
  async function* rows(): AsyncGenerator<SourceRow> {
    let line = 1;
    /** The pieces of a line that is not whole yet. */
    let pieces: Buffer[] = [];
    let length = 0;
    const finish = (): SourceRow | undefined => {
      const tooLong = length > MAX_ROW_BYTES;
      const whole = Buffer.concat(pieces);
      pieces = [];
      length = 0;
      if (tooLong) return { line, bad: "is longer than 64 MiB" };
      const { text, before } = trim(whole, line === 1);
      return text.length === 0 ? undefined : rowOfJson(line, text, { column: before + 1 });
    };
    for await (const part of createReadStream(path, { highWaterMark: 1 << 18 })) {
      const chunk = Buffer.from(part);
      let start = 0;
      for (;;) {
        const end = chunk.indexOf(NEW_LINE, start);
        const piece = chunk.subarray(start, end === -1 ? undefined : end);
        length += piece.length;
        if (length <= MAX_ROW_BYTES) pieces.push(piece);
        else pieces = [];
        if (end === -1) break;
        const row = finish();
        if (row !== undefined) yield row;
        line++;
        start = end + 1;
      }
      bytes += chunk.length;
    }
    const row = finish();
    if (row !== undefined) yield row;
  }
  return { rows: rows(), position: () => bytes };
}

/** Without the byte order mark and white space at the ends; `before` counts the characters of white space. */
function trim(bytes: Buffer, first: boolean): { readonly text: Buffer; readonly before: number } {
  const mark = first && bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  let start = mark;
  let end = bytes.length;
  const isSpace = (byte: number | undefined): boolean =>
    byte === 0x20 || byte === 0x09 || byte === 0x0d;
  while (start < end && isSpace(bytes[start])) start++;
  while (end > start && isSpace(bytes[end - 1])) end--;
  return { text: bytes.subarray(start, end), before: start - mark };
}
