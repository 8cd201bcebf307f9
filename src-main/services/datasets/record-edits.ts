/** Edits of records and datasets: what changes, what puts it back, and how it is called. */
import { z } from "zod";
import { DatasetId, RecordId } from "#shared/schema/dataset.ts";
import type { LiveEvent } from "#shared/schema/live.ts";
import { judgeText } from "#main/core/curation/text-meter.ts";
import { countOf, idsIn, rangesOf } from "#main/store/id-ranges.ts";
import { RecordChange } from "#main/store/records/record-changes.ts";
import type { Store } from "#main/store/store.ts";
import type { EditJournal, EditPen } from "../workspace/edit-journal.ts";

const RecordEdit = z.strictObject({ datasetId: DatasetId, changes: z.array(RecordChange) });
type RecordEdit = z.infer<typeof RecordEdit>;

const DatasetEdit = z.strictObject({
  datasetId: DatasetId,
  name: z.string().optional(),
  /** null: there. */
  deletedAtMs: z.number().nullable().optional(),
  /** Records that come or go with it. */
  changes: z.array(RecordChange).default([]),
});
type DatasetEdit = z.infer<typeof DatasetEdit>;

/** More than so many are not named one by one to the windows. */
const NAMED = 200;

export interface RecordPens {
  readonly records: EditPen<RecordEdit>;
  readonly dataset: EditPen<DatasetEdit>;
}

export function scopeOf(datasetId: DatasetId): string {
  return `dataset:${datasetId}`;
}

export function registerRecordEdits(
  journal: EditJournal,
  store: Store,
  now: () => number,
): RecordPens {
  const change = (datasetId: DatasetId, changes: readonly RecordChange[]): void => {
    for (const one of changes) {
      store.changeRecords(datasetId, one);
      if (one.set === "gold") judgeAnew(store, one);
    }
    store.datasets.touch(datasetId, now());
  };
  return {
    records: journal.register("records", {
      payload: RecordEdit,
      apply: ({ datasetId, changes }) => {
        change(datasetId, changes);
      },
      events: ({ datasetId, changes }) => [changedEvent(datasetId, changes)],
      record: ({ changes }) => onlyRecord(changes),
    }),
    dataset: journal.register("dataset", {
      payload: DatasetEdit,
      apply: ({ datasetId, name, deletedAtMs, changes }) => {
        if (name !== undefined) store.datasets.setName(datasetId, name);
        if (deletedAtMs !== undefined) store.datasets.setDeleted(datasetId, deletedAtMs);
        change(datasetId, changes);
      },
      events: ({ datasetId }) => [{ type: "dataset", datasetId, recordIds: null }],
    }),
  };
}

/** Another right answer makes other verdicts. */
function judgeAnew(store: Store, { ids }: RecordChange): void {
  for (const id of idsIn(ids)) {
    const { reference, revisions } = store.recordDetails.judged(id);
    for (const { number, messages } of revisions) {
      store.recordDetails.judge(id, number, judgeText(messages, reference));
    }
  }
}

/** The record that all the changes are of, where it is one and not deleted by them. */
function onlyRecord(changes: readonly RecordChange[]): number | undefined {
  if (changes.some((one) => countOf(one.ids) !== 1 || (one.set === "deleted" && one.value)))
    return undefined;
  const ids = new Set(changes.flatMap((one) => [...idsIn(one.ids)]));
  return ids.size === 1 ? [...ids][0] : undefined;
}

function changedEvent(datasetId: DatasetId, changes: readonly RecordChange[]): LiveEvent {
  const count = changes.reduce((sum, { ids }) => sum + countOf(ids), 0);
  // Where records come or go, lists are out of date however few they are.
  const lists = changes.some(({ set }) => set === "deleted");
  return {
    type: "dataset",
    datasetId,
    recordIds:
      lists || count > NAMED
        ? null
        : [...new Set(changes.flatMap(({ ids }) => [...idsIn(ids)]))].map((id) =>
            RecordId.parse(id),
          ),
  };
}

/** One change for each value that has to be put back. `rows` in the order of ids. */
export function changesByValue<Value>(
  rows: readonly { readonly id: number; readonly value: Value }[],
  change: (ids: RecordChange["ids"], value: Value) => RecordChange,
): RecordChange[] {
  return [...Map.groupBy(rows, ({ value }) => value)].map(([value, members]) =>
    change(rangesOf(members.map(({ id }) => id)), value),
  );
}

/** "record 2,114" or "412 records". */
export function recordsText(count: number, position: number | undefined): string {
  return count === 1 && position !== undefined
    ? `record ${position.toLocaleString("en-US")}`
    : `${count.toLocaleString("en-US")} record${count === 1 ? "" : "s"}`;
}
