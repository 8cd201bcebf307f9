/** A record's details as they are typed: right answer, tags, metadata. Pure. */
import type { DatasetRecord } from "#shared/schema/dataset.ts";
import { metadataJson, metadataText } from "#shared/schema/metadata-text.ts";

export interface MetadataRow {
  /** Stays while names are typed. */
  readonly id: number;
  readonly name: string;
  readonly text: string;
}

export interface RecordDetails {
  readonly gold: string;
  /** Separated by commas. */
  readonly tags: string;
  readonly rows: readonly MetadataRow[];
}

export const NO_DETAILS: RecordDetails = { gold: "", tags: "", rows: [] };

export function detailsOf(record: DatasetRecord): RecordDetails {
  return {
    gold: record.reference.gold ?? "",
    tags: record.tags.join(", "),
    rows: Object.entries(record.metadata).map(([name, value], id) => ({
      id,
      name,
      text: metadataText(value),
    })),
  };
}

export function withNewRow(details: RecordDetails): RecordDetails {
  const id = Math.max(-1, ...details.rows.map((row) => row.id)) + 1;
  return { ...details, rows: [...details.rows, { id, name: "", text: "" }] };
}

export function withRow(details: RecordDetails, changed: MetadataRow): RecordDetails {
  return { ...details, rows: details.rows.map((row) => (row.id === changed.id ? changed : row)) };
}

export function withoutRow(details: RecordDetails, id: number): RecordDetails {
  return { ...details, rows: details.rows.filter((row) => row.id !== id) };
}

export function goldOf({ gold }: RecordDetails): string | null {
  return gold.trim() === "" ? null : gold;
}

export function tagsOf({ tags }: RecordDetails): string[] {
  return [
    ...new Set(
      tags
        .split(",")
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ""),
    ),
  ];
}

/** Why the rows cannot be saved, in words; undefined where they can. */
export function rowProblem({ rows }: RecordDetails): string | undefined {
  const names = rows.filter(({ text }) => text !== "").map(({ name }) => name.trim());
  if (names.includes("")) return "A value needs a name.";
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `There are two values named “${twice}”.`;
}

/** Metadata as JSON by name. A row without a name or a value is left out. */
export function metadataOf({ rows }: RecordDetails): Map<string, string> {
  return new Map(
    rows
      .filter(({ name, text }) => name.trim() !== "" && text !== "")
      .map(({ name, text }) => [name.trim(), metadataJson(text)]),
  );
}

/** Only the entries that differ: what nobody touched keeps its bytes. */
export function metadataChanges(
  before: RecordDetails,
  after: RecordDetails,
): { key: string; value: string | null }[] {
  const old = metadataOf(before);
  const wanted = metadataOf(after);
  return [
    ...[...old.keys()].filter((key) => !wanted.has(key)).map((key) => ({ key, value: null })),
    ...[...wanted]
      .filter(([key, value]) => old.get(key) !== value)
      .map(([key, value]) => ({ key, value })),
  ];
}
