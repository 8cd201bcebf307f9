/** What a record carries beside its text, as it is typed: right answer, tags, metadata. Pure. */
import type { DatasetRecord } from "#shared/schema/dataset.ts";
import { metadataJson, metadataText } from "#shared/schema/metadata-text.ts";

export interface CarriedRow {
  /** Stays while names are typed. */
  readonly id: number;
  readonly name: string;
  readonly text: string;
}

export interface Carried {
  readonly gold: string;
  /** Separated by commas. */
  readonly tags: string;
  readonly rows: readonly CarriedRow[];
}

export const NOTHING_CARRIED: Carried = { gold: "", tags: "", rows: [] };

export function carriedOf(record: DatasetRecord): Carried {
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

export function goldOf({ gold }: Carried): string | null {
  return gold.trim() === "" ? null : gold;
}

export function tagsOf({ tags }: Carried): string[] {
  return [
    ...new Set(
      tags
        .split(",")
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ""),
    ),
  ];
}

/** Why the rows cannot be kept, in words. */
export function rowProblem({ rows }: Carried): string | undefined {
  const names = rows.filter(({ text }) => text !== "").map(({ name }) => name.trim());
  if (names.includes("")) return "A value needs a name.";
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `There are two values named “${twice}”.`;
}

/** Of rows with a name; one without a text is none. */
export function metadataOf({ rows }: Carried): Map<string, string> {
  return new Map(
    rows
      .filter(({ name, text }) => name.trim() !== "" && text !== "")
      .map(({ name, text }) => [name.trim(), metadataJson(text)]),
  );
}

/** Only what is not as before: what a person did not touch keeps its bytes. */
export function metadataChanges(
  before: Carried,
  after: Carried,
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
