/** Says what a file is that holds no rows as they stand: packed, in another encoding, or of another format than its name. */
import { closeSync, openSync, readSync } from "node:fs";
import { AppError } from "#shared/errors.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

type Kind = { readonly begins: readonly number[]; readonly is: string; readonly advice: string };

const PACKED = "Unpack it, and name the file that comes out";
const KINDS: readonly Kind[] = [
  { begins: [0x1f, 0x8b], is: "is packed with gzip", advice: `${PACKED}: gunzip --keep FILE.` },
  {
    begins: [0x28, 0xb5, 0x2f, 0xfd],
    is: "is packed with Zstandard",
    advice: `${PACKED}: zstd -d FILE.`,
  },
  { begins: [0xfd, 0x37, 0x7a, 0x58, 0x5a], is: "is packed with xz", advice: `${PACKED}.` },
  { begins: [0x42, 0x5a, 0x68], is: "is packed with bzip2", advice: `${PACKED}.` },
  {
    begins: [0x50, 0x4b, 0x03, 0x04],
    is: "is a ZIP archive (a spreadsheet is one, too)",
    advice: `${PACKED}; save a spreadsheet as CSV in UTF-8.`,
  },
  { begins: [0xff, 0xfe], is: "is written in UTF-16", advice: "Save it as UTF-8." },
  { begins: [0xfe, 0xff], is: "is written in UTF-16", advice: "Save it as UTF-8." },
];
const PARQUET = [0x50, 0x41, 0x52, 0x31];

/** Throws BAD_INPUT for such a file. */
export function requireRows(path: string, format: DatasetFormat): void {
  // Its reader says what it is not.
  if (format === "parquet") return;
  const bytes = firstBytes(path);
  const begins = (of: readonly number[]): boolean => of.every((byte, at) => bytes[at] === byte);
  if (begins(PARQUET))
    throw new AppError("BAD_INPUT", `${path} is a Parquet file.`, "Say so: its format is parquet.");
  const kind = KINDS.find((one) => begins(one.begins));
  if (kind !== undefined) throw new AppError("BAD_INPUT", `${path} ${kind.is}.`, kind.advice);
}

function firstBytes(path: string): Buffer {
  const bytes = Buffer.alloc(8);
  const file = openSync(path, "r");
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}
