/** A file as records: what it would bring (preview), and bringing it in, all of it or nothing. */
import { basename } from "node:path";
import { setImmediate } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type { BadRow, DatasetId, ImportMapping, RecordStatus } from "#shared/schema/dataset.ts";
import type { PreparedRecord } from "#main/store/records/prepared-record.ts";
import type { Store } from "#main/store/store.ts";
import { columnsOf, detectMappings, mappingToSay } from "./rows/detect-mapping.ts";
import { fileBytes, formatOf, readRows } from "#main/processes/reading/read-rows.ts";
import { rowToRecord } from "./rows/row-to-record.ts";
import type { IncomingRecord } from "./rows/row-to-record.ts";
import { printable } from "#main/core/tables/source-row.ts";
import type { RowReading, SourceRow } from "#main/core/tables/source-row.ts";
import type { JobControl } from "./dataset-jobs.ts";
import type { ImportSource } from "./import-source.ts";
import type { KnownBenchmarks } from "../benchmarks/known-benchmarks.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

/** Rows that the format is told by. */
const LOOKED_AT = 50;
/** Written together; a batch of long texts is cut by its characters. */
const BATCH_RECORDS = 100;
const BATCH_CHARACTERS = 1_000_000;
/** Bad rows that are remembered one by one. */
export const BAD_ROWS_KEPT = 10_000;

export interface Inspection {
  readonly name: string;
  readonly bytes: number;
  readonly format: DatasetFormat;
  readonly mappings: readonly ImportMapping[];
  readonly mapping: ImportMapping;
  readonly columns: string[];
  /** The first row's cells, shortened: what a column is told by where its name says nothing. */
  readonly example: Record<string, string>;
  /** What is kept with the records and not trained on. */
  readonly beside: string[];
  readonly rows: (IncomingRecord & { readonly line: number })[];
  readonly read: number;
  readonly bad: BadRow[];
}

export interface ImportOptions {
  readonly path: string;
  readonly format?: DatasetFormat | undefined;
  readonly mapping?: ImportMapping | undefined;
}

/** The first rows as they would come in. Throws NOT_FOUND, BAD_INPUT. */
export async function inspectFile(options: ImportOptions, count: number): Promise<Inspection> {
  const { path } = options;
  const bytes = fileBytes(path);
  const opened = await openFile(options, Math.max(count, LOOKED_AT));
  await opened.reading.rows.return(undefined);
  const { format, mapping, mappings, columns, first } = opened;
  const values = first.filter((row) => "value" in row);
  const bad: BadRow[] = first.flatMap((row) =>
    "bad" in row ? [{ line: row.line, reason: row.bad }] : [],
  );
  if (columns.length === 0) throw noMapping(path, columns, bad);
  const rows: (IncomingRecord & { line: number })[] = [];
  const table = isTable(format);
  for (const { line, value, numbers } of isMapped(mapping) ? values : []) {
    const record = rowToRecord(value, mapping, { table, numbers });
    if ("bad" in record) bad.push({ line, reason: record.bad });
    else rows.push({ line, ...record });
  }
  return {
    name: basename(path),
    bytes,
    format,
    mappings,
    mapping,
    columns,
    example: exampleOf(values[0]?.value),
    beside: besideText(rows),
    rows: rows.slice(0, count),
    read: first.length,
    bad: bad.sort((a, b) => a.line - b.line),
  };
}

interface OpenedFile {
  readonly format: DatasetFormat;
  readonly mappings: readonly ImportMapping[];
  readonly mapping: ImportMapping;
  /** Empty where no row could be read. */
  readonly columns: string[];
  /** The rows that the mapping was told by. */
  readonly first: readonly SourceRow[];
  /** The rows after them. */
  readonly reading: RowReading;
}

/** Reads the first rows and finds what their columns are; the caller reads on or closes it. Throws NOT_FOUND, BAD_INPUT. */
async function openFile(
  options: ImportOptions,
  lookedAt: number,
  signal?: AbortSignal,
): Promise<OpenedFile> {
  const format = options.format ?? formatOf(options.path);
  const reading = readRows(options.path, format, signal === undefined ? {} : { signal });
  const first: SourceRow[] = [];
  while (first.length < lookedAt) {
    const next = await reading.rows.next();
    if (next.done === true) break;
    first.push(next.value);
  }
  const cells = first.flatMap((row) => ("value" in row ? [row.value] : []));
  const mappings = detectMappings(cells);
  const mapping = options.mapping ?? mappings[0] ?? mappingToSay(cells);
  return { format, mappings, mapping, columns: columnsOf(cells), first, reading };
}

/** All rows of the file, from one reading of it. */
async function* allRows({ first, reading }: OpenedFile): AsyncGenerator<SourceRow> {
  try {
    yield* first;
    yield* reading.rows;
  } finally {
    await reading.rows.return(undefined);
  }
}

/** Rows of tables have all columns, empty where a record has nothing; JSON has what is there. */
function isTable(format: DatasetFormat): boolean {
  return format === "csv" || format === "parquet";
}

/** Whether the mapping says where the text is. */
function isMapped({ conversation, prompt }: ImportMapping): boolean {
  return conversation !== null || prompt !== null;
}

function exampleOf(row: Readonly<Record<string, unknown>> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([name, value]) => [
      name,
      printable(
        (typeof value === "string" ? value : JSON.stringify(value ?? null))
          .slice(0, 100)
          .replaceAll(/\s+/gu, " "),
      ),
    ]),
  );
}

/** Columns and fields of turns that no record is trained on. */
function besideText(rows: readonly IncomingRecord[]): string[] {
  const names = rows.flatMap(({ metadata, messages }) => [
    ...Object.keys(metadata),
    ...messages.flatMap(({ extra }) =>
      Object.keys(extra ?? {})
        .filter((name) => name !== "weight")
        .map((name) => `${name} of turns`),
    ),
  ]);
  return [...new Set(names.map(printable))];
}

export interface StagingDeps {
  readonly store: Store;
  /** Of the workspace's disk. */
  readonly freeBytes: () => number;
  readonly benchmarks: KnownBenchmarks;
  readonly now: () => number;
}

/**
 * Stages every good row in the dataset; nobody sees them until the caller's edit. Gives their ids.
 * Where rows are bad and `skipBad` is not set, nothing is staged: BAD_INPUT.
 */
export async function stageFile(
  deps: StagingDeps,
  control: JobControl,
  options: ImportOptions & {
    readonly datasetId: DatasetId;
    readonly name: string;
    readonly origin: ImportSource["origin"];
    readonly skipBad: boolean;
    readonly status: RecordStatus;
    readonly onBad: (row: BadRow) => void;
  },
): Promise<number[]> {
  const { path, datasetId } = options;
  const bytes = fileBytes(path);
  requireSpace(options.name, bytes, deps.freeBytes());
  const opened = await openFile(options, LOOKED_AT, control.signal);
  const { format, mapping } = opened;
  try {
    requireMapping(opened, options);
  } catch (error) {
    await opened.reading.rows.return(undefined);
    throw error;
  }
  if (!options.skipBad) {
    control.update({ phase: "checking", done: 0, total: bytes });
    await checkAll(control, opened, options);
  }
  control.update({ phase: "reading", done: 0, total: bytes });
  const ids: number[] = [];
  let batch: PreparedRecord[] = [];
  let characters = 0;
  let bad = 0;
  const flush = async (): Promise<void> => {
    const records = batch;
    batch = [];
    characters = 0;
    const staged = deps.store.provisionalTransaction(() =>
      deps.store.recordWriter.stage(datasetId, records, "import", deps.now()),
    );
    ids.push(...staged);
    await setImmediate();
    control.signal.throwIfAborted();
  };
  const table = isTable(format);
  const again = options.skipBad ? undefined : readRows(path, format, control);
  const reading = again ?? opened.reading;
  for await (const row of again?.rows ?? allRows(opened)) {
    const record =
      "bad" in row ? row : rowToRecord(row.value, mapping, { table, numbers: row.numbers });
    if ("bad" in record) {
      // Without `skipBad` the file was whole a moment ago: it changed while it was read.
      if (!options.skipBad) throw changed(path);
      bad++;
      options.onBad({ line: row.line, reason: record.bad });
      continue;
    }
    const measured = deps.benchmarks.measure(record.messages, record.reference);
    batch.push({
      ...measured,
      metadata: record.metadata,
      reference: record.reference,
      source: {
        ...options.origin,
        file: options.name,
        line: row.line,
        sampling: null,
        costUsd: null,
      },
      tags: [],
      status: options.status,
    });
    characters += measured.facts.characters;
    if (batch.length >= BATCH_RECORDS || characters >= BATCH_CHARACTERS) {
      await flush();
      control.update({ done: reading.position(), added: ids.length, bad });
    }
  }
  await flush();
  control.update({ done: bytes, added: ids.length, bad });
  return ids;
}

/** Each row's text is kept at least once. Throws DISK_FULL. */
function requireSpace(name: string, bytes: number, freeBytes: number): void {
  if (freeBytes >= bytes) return;
  const mib = (size: number): string => `${(size / 2 ** 20).toFixed(1)} MiB`;
  throw new AppError(
    "DISK_FULL",
    `The disk that holds the workspace is full: ${name} has ${mib(bytes)}, and ${mib(freeBytes)} are free. Nothing was imported.`,
    "Free some space or move the workspace, then import it again.",
  );
}

/** Reads the whole file. Throws BAD_INPUT where any row is bad. */
async function checkAll(
  control: JobControl,
  opened: OpenedFile,
  options: { readonly name: string; readonly onBad: (row: BadRow) => void },
): Promise<void> {
  let read = 0;
  let first: BadRow | undefined;
  let bad = 0;
  const { mapping, reading } = opened;
  const table = isTable(opened.format);
  for await (const row of allRows(opened)) {
    const record =
      "bad" in row ? row : rowToRecord(row.value, mapping, { table, numbers: row.numbers });
    read++;
    if ("bad" in record) {
      const found = { line: row.line, reason: record.bad };
      first ??= found;
      bad++;
      options.onBad(found);
    }
    if (read % BATCH_RECORDS === 0) {
      await setImmediate();
      control.signal.throwIfAborted();
      control.update({ done: reading.position(), bad });
    }
  }
  control.update({ bad });
  if (first === undefined) return;
  throw new AppError(
    "BAD_INPUT",
    `${bad.toLocaleString("en-US")} of ${read.toLocaleString("en-US")} rows of ${options.name} cannot come in; the first is row ${first.line}: ${first.reason}. Nothing was imported.`,
    "Correct them, or import without the bad rows.",
  );
}

/** Throws BAD_INPUT where nothing can be read, or where nothing says where the text is. */
function requireMapping(
  { columns, mapping, first }: OpenedFile,
  { path, name }: { readonly path: string; readonly name: string },
): void {
  const bad = first.flatMap((row) => ("bad" in row ? [{ line: row.line, reason: row.bad }] : []));
  if (columns.length === 0) throw noMapping(path, columns, bad);
  if (!isMapped(mapping)) throw noMapping(name, columns, []);
}

function noMapping(path: string, columns: readonly string[], bad: readonly BadRow[]): AppError {
  const [first] = bad;
  if (columns.length === 0) {
    return first === undefined
      ? new AppError("BAD_INPUT", `${path} has no rows.`, "Check that it is the file you meant.")
      : new AppError(
          "BAD_INPUT",
          `No row of ${path} can be read. Row ${first.line} ${first.reason.replace(/\.$/u, "")}.`,
          "Correct the file, or say its format where it is another than its name says.",
        );
  }
  const seen = `Its columns are ${printable(columns.slice(0, 20).join(", ")).slice(0, 500)}.`;
  return new AppError(
    "BAD_INPUT",
    `${path} does not look like conversations. ${seen}`,
    "Say which column is what: in the window under Import, or with --map prompt=COLUMN completion=COLUMN gold=COLUMN (or shape=messages conversation=COLUMN).",
  );
}

function changed(path: string): AppError {
  return new AppError(
    "CONFLICT",
    `${path} changed while it was read. Nothing was imported.`,
    "Import it again once nobody writes to it.",
  );
}
