/** Writes records to a file: beside its place first, then renamed, so that nobody reads half of it. */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { DatasetShape, ReasoningForm } from "#shared/schema/dataset.ts";
import { clearLeftovers, writeTextAtomically } from "#main/platform/atomic-write.ts";
import { withStoreErrors } from "#main/store/database.ts";
import type { RecordText } from "#main/store/repositories/record-repository.ts";
import { isRefused, planExport } from "./rows/export-plan.ts";
import type { ExportPlan } from "./rows/export-plan.ts";
import { recordToRow } from "./rows/record-to-row.ts";
import type { Row } from "./rows/record-to-row.ts";
import { requirePlace, writeRowFile } from "./rows/write-row-file.ts";
import { openRowWriter } from "./rows/write-rows.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

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
  requirePlace(path, options);
  const { shape, columns, records, leftOut } = await planExport(texts(), options);
  const [first] = leftOut;
  if (records === 0 && first !== undefined) {
    throw new AppError(
      "BAD_INPUT",
      `The shape ${options.shape} can hold none of the records; of the first, ${first.reason}.`,
      "Export them as messages, which hold every conversation.",
    );
  }
  const { bytes, sha256 } = await writeRowFile(path, rowsOf(texts(), shape), (file) =>
    openRowWriter(file, format, columns),
  );
  return { path, records, bytes, sha256, leftOut };
}

function* rowsOf(texts: Iterable<RecordText>, shape: ExportPlan["shape"]): Generator<Row> {
  for (const text of texts) {
    const row = recordToRow(text, shape);
    if (!isRefused(row)) yield row;
  }
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
