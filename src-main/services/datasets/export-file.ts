/** Writes records to a file: beside its place first, then renamed, so that nobody reads half of it. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { DatasetFormat, DatasetShape, ReasoningForm } from "#shared/schema/dataset.ts";
import { clearLeftovers, replaceFile, writeTextAtomically } from "#main/platform/atomic-write.ts";
import { withStoreErrors } from "#main/store/database.ts";
import type { RecordText } from "#main/store/repositories/record-repository.ts";
import { isRefused, planExport } from "./rows/export-plan.ts";
import type { ExportPlan } from "./rows/export-plan.ts";
import { recordToRow } from "./rows/record-to-row.ts";
import type { Row } from "./rows/record-to-row.ts";
import { openRowWriter } from "./rows/write-rows.ts";

const ROWS_AT_ONCE = 100;

export interface ExportOptions {
  readonly path: string;
  readonly format: DatasetFormat;
  readonly shape: DatasetShape;
  readonly reasoning: ReasoningForm;
  readonly overwrite: boolean;
}

export interface Exported {
  readonly path: string;
  readonly records: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Records that the shape cannot hold, by reason. */
  readonly leftOut: ExportPlan["leftOut"];
}

/**
 * Records are read twice: what columns a file has is known only after all of them. Throws CONFLICT where the file is
 * there, NOT_FOUND where its folder is not, BAD_INPUT where the shape can hold none of the records, DISK_FULL.
 */
export async function exportRecords(
  texts: () => Iterable<RecordText>,
  options: ExportOptions,
): Promise<Exported> {
  const { path, format } = options;
  if (existsSync(path) && !options.overwrite) {
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
  const { shape, columns, records, leftOut } = await planExport(texts(), options);
  const [first] = leftOut;
  if (records === 0 && first !== undefined) {
    throw new AppError(
      "BAD_INPUT",
      `The shape ${options.shape} can hold none of the records; of the first, ${first.reason}.`,
      "Export them as messages, which hold every conversation.",
    );
  }
  try {
    let bytes = 0;
    let sha256 = "";
    await replaceFile(path, async (beside) => {
      await writeRows(texts(), beside, { format, shape, columns });
      bytes = statSync(beside).size;
      sha256 = await sha256OfFile(beside);
    });
    return { path, records, bytes, sha256, leftOut };
  } catch (error) {
    return withStoreErrors(() => {
      throw error;
    });
  }
}

async function writeRows(
  texts: Iterable<RecordText>,
  file: string,
  { format, shape, columns }: Pick<ExportPlan, "shape" | "columns"> & { format: DatasetFormat },
): Promise<void> {
  const writer = withStoreErrors(() => openRowWriter(file, format, columns));
  try {
    let rows: Row[] = [];
    for (const text of texts) {
      const row = recordToRow(text, shape);
      if (isRefused(row)) continue;
      rows.push(row);
      if (rows.length < ROWS_AT_ONCE) continue;
      await writer.write(rows);
      rows = [];
      await setImmediate();
    }
    await writer.write(rows);
    await writer.finish();
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(Buffer.from(chunk));
  return hash.digest("hex");
}

const DatasetInfo = z.record(z.string(), z.unknown());

/**
 * LLaMA-Factory's dataset_info.json beside an exported file, with this file's entry added or
 * replaced. Throws CONFLICT where one is there that cannot be read. Gives its path.
 */
export function writeDatasetInfo(name: string, file: string, shape: DatasetShape): string {
  const path = join(dirname(file), "dataset_info.json");
  let known: Record<string, unknown> = {};
  if (existsSync(path)) {
    try {
      known = DatasetInfo.parse(JSON.parse(readFileSync(path, "utf8")));
    } catch (error) {
      throw new AppError(
        "CONFLICT",
        `${path} is there and is no list of datasets.`,
        "Move it away, or export into another folder.",
        { cause: error },
      );
    }
  }
  const entry = { file_name: basename(file), ...INFO[shape] };
  clearLeftovers(path);
  withStoreErrors(() => {
    writeTextAtomically(path, `${JSON.stringify({ ...known, [name]: entry }, undefined, 2)}\n`);
  });
  return path;
}

/** As LLaMA-Factory's data/README.md describes the formats. */
const INFO: { readonly [Shape in DatasetShape]: Readonly<Record<string, unknown>> } = {
  messages: {
    formatting: "sharegpt",
    columns: { messages: "messages" },
    tags: {
      role_tag: "role",
      content_tag: "content",
      user_tag: "user",
      assistant_tag: "assistant",
      system_tag: "system",
    },
  },
  sharegpt: {
    formatting: "sharegpt",
    columns: { messages: "conversations", system: "system" },
  },
  alpaca: {
    formatting: "alpaca",
    columns: {
      prompt: "instruction",
      query: "input",
      response: "output",
      system: "system",
      history: "history",
    },
  },
  "prompt-completion": {
    formatting: "alpaca",
    columns: { prompt: "prompt", response: "completion" },
  },
};
