/** Changes of right answers and metadata: which records they touch, and what puts each back. */
import type { DatasetId } from "#shared/schema/dataset.ts";
import { metadataText } from "#shared/schema/metadata-text.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import { rangesOf } from "#main/store/id-ranges.ts";
import type { RecordChange } from "#main/store/records/record-changes.ts";
import type { RecordDetails } from "#main/store/records/record-details.ts";
import type { Store } from "#main/store/store.ts";
import { changesByValue } from "./record-edits.ts";

/** One thing that becomes another; null: there is none. Metadata as JSON. */
export type DetailChange =
  | { readonly set: "gold"; readonly value: string | null }
  | { readonly set: "metadata"; readonly key: string; readonly value: string | null };

export interface ChangedDetail {
  readonly id: number;
  readonly position: number;
  readonly before: string | null;
}

/** The records that would not be the same afterwards, in the order of ids. */
export function detailsToChange(
  store: Store,
  datasetId: DatasetId,
  filter: RecordFilter,
  change: DetailChange,
): ChangedDetail[] {
  const found: ChangedDetail[] = [];
  for (const details of store.recordDetails.of(datasetId, filter)) {
    const before = valueOf(details, change);
    const { id, position } = details;
    if (before !== change.value) found.push({ id, position, before });
  }
  return found;
}

export function detailChanges(
  rows: readonly ChangedDetail[],
  change: DetailChange,
): { readonly forward: RecordChange[]; readonly inverse: RecordChange[] } {
  if (rows.length === 0) return { forward: [], inverse: [] };
  const to = (ids: RecordChange["ids"], value: string | null): RecordChange => ({
    ...change,
    ids,
    value,
  });
  return {
    forward: [to(rangesOf(rows.map(({ id }) => id)), change.value)],
    inverse: changesByValue(
      rows.map(({ id, before }) => ({ id, value: before })),
      to,
    ),
  };
}

/** "set topic to algebra", "take away the right answer"; what undo will say, before the records. */
export function detailVerb(change: DetailChange): string {
  const what = change.set === "gold" ? "the right answer" : change.key;
  return change.value === null ? `take away ${what} of` : `set ${what} of`;
}

/** As people read it. */
export function detailText(change: DetailChange, value: string | null): string {
  if (value === null) return "";
  if (change.set === "gold") return value;
  const parsed: unknown = JSON.parse(value);
  // A number keeps its digits.
  return typeof parsed === "string" ? metadataText(parsed) : value;
}

function valueOf({ gold, metadata }: RecordDetails, change: DetailChange): string | null {
  if (change.set === "gold") return gold;
  return Object.hasOwn(metadata, change.key) ? JSON.stringify(metadata[change.key]) : null;
}
