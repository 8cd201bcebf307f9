/** Writes rows to a file of any format: beside its place first, then renamed, so that nobody reads half of it. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import { clearLeftovers, replaceFile } from "#main/platform/atomic-write.ts";
import { withStoreErrors } from "#main/store/database.ts";
import type { Row } from "./record-to-row.ts";
import type { RowWriter } from "./row-writer.ts";

const ROWS_AT_ONCE = 100;

export interface WrittenRows {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Throws CONFLICT where the file is there and may not be replaced, NOT_FOUND where its folder is not. */
export function requirePlace(path: string, { overwrite }: { readonly overwrite: boolean }): void {
  if (existsSync(path) && !overwrite) {
    throw new AppError(
      "CONFLICT",
      `${path} is there already.`,
      "Choose another name, or overwrite it.",
    );
  }
  if (!existsSync(dirname(path))) {
    throw new AppError("NOT_FOUND", `There is no folder ${dirname(path)}.`, "Make it first.");
  }
  clearLeftovers(path);
}

/** Throws DISK_FULL. */
export async function writeRowFile(
  path: string,
  rows: Iterable<Row>,
  openWriter: (file: string) => RowWriter,
): Promise<WrittenRows> {
  try {
    let written = { rows: 0, bytes: 0, sha256: "" };
    await replaceFile(path, async (beside) => {
      const count = await writeAll(
        withStoreErrors(() => openWriter(beside)),
        rows,
      );
      const hash = createHash("sha256");
      await pipeline(createReadStream(beside), hash);
      written = { rows: count, bytes: statSync(beside).size, sha256: hash.digest("hex") };
    });
    return written;
  } catch (error) {
    return withStoreErrors(() => {
      throw error;
    });
  }
}

/** A part at a time, and lets others work between parts. */
async function writeAll(writer: RowWriter, rows: Iterable<Row>): Promise<number> {
  let count = 0;
  try {
    let part: Row[] = [];
    for (const row of rows) {
      part.push(row);
      count++;
      if (part.length < ROWS_AT_ONCE) continue;
      await writer.write(part);
      part = [];
      await setImmediate();
    }
    await writer.write(part);
    await writer.finish();
  } catch (error) {
    writer.abandon();
    throw error;
  }
  return count;
}
