/** Deciding: status and tags of the record at hand or of the chosen ones, deletion, and the way back to earlier texts. */
import type { DatasetId, RecordId, RecordStatus } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { outbox } from "#renderer/bridge/records/outbox.ts";
import { recordStore } from "#renderer/bridge/records/record-store.ts";
import type { Act } from "#renderer/bridge/use-act.ts";
import type { Reading } from "./use-reading.ts";
import type { Selection } from "./selection.ts";

export interface Decisions {
  readonly decide: (status: RecordStatus) => void;
  readonly toggleTag: (tag: string) => void;
  readonly remove: () => void;
  /** An earlier revision's text in force again. */
  readonly restore: (revision: number) => void;
  readonly restoreOriginal: () => void;
}

export function decisionsOn(
  datasetId: DatasetId,
  { id, live, goOn }: Reading,
  selection: Selection,
  act: Act,
): Decisions {
  const { record } = live;
  const many = selection.ids.size > 0;
  const targets = (): RecordId[] => (many ? [...selection.ids] : id === undefined ? [] : [id]);
  const restore = (revision: number): void => {
    if (id === undefined) return;
    void act.run(async () => {
      await outbox.drained();
      recordStore.put((await host.datasets.records.restore({ recordId: id, revision })).record);
    });
  };
  return {
    decide: (status) => {
      const recordIds = targets();
      if (recordIds.length === 0) return;
      outbox.add({ kind: "status", datasetId, recordIds, status });
      if (many) selection.clear();
      else goOn();
    },
    toggleTag: (tag) => {
      const recordIds = targets();
      if (recordIds.length === 0 || record === undefined) return;
      const has = record.tags.includes(tag);
      outbox.add({
        kind: "tags",
        datasetId,
        recordIds,
        add: has ? [] : [tag],
        remove: has ? [tag] : [],
      });
    },
    remove: () => {
      const ids = targets();
      if (ids.length === 0) return;
      void act.run(async () => {
        await outbox.drained();
        await host.datasets.records.delete({ datasetId, target: { ids } });
        selection.clear();
      });
    },
    restore,
    restoreOriginal: () => {
      if ((record?.revision ?? 0) > 0) restore(0);
    },
  };
}
