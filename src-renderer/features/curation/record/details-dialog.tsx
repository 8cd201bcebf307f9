/** Right answer, tags and metadata of one record, saved together as one edit. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetRecord } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { outbox } from "#renderer/bridge/outbox.ts";
import { metadataNamesQuery } from "#renderer/bridge/queries.ts";
import { recordStore } from "#renderer/bridge/record-store.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { CarriedFields } from "#renderer/ui/records/carried-fields.tsx";
import {
  carriedOf,
  goldOf,
  metadataChanges,
  rowProblem,
  tagsOf,
} from "#renderer/ui/records/carried-text.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { formatNumber } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";

export interface DetailsDialogProps {
  readonly record: DatasetRecord;
  readonly onClose: () => void;
}

export function DetailsDialog({ record, onClose }: DetailsDialogProps): ReactNode {
  const [before] = useState(() => carriedOf(record));
  const [carried, setCarried] = useState(before);
  const act = useAct();
  const names = useQuery(metadataNamesQuery(record.datasetId)).data ?? [];
  const save = (): void => {
    if (act.busy || rowProblem(carried) !== undefined) return;
    void act.run(async () => {
      await outbox.drained();
      const { record: changed } = await host.datasets.records.setDetails({
        recordId: record.id,
        ...(carried.gold === before.gold ? {} : { gold: goldOf(carried) }),
        ...(carried.tags === before.tags ? {} : { tags: tagsOf(carried) }),
        metadata: metadataChanges(before, carried),
      });
      recordStore.put(changed);
      onClose();
    });
  };
  return (
    <Dialog
      opened
      onClose={onClose}
      label={`What record ${formatNumber(record.position)} carries`}
      headed
      size={560}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <CarriedFields carried={carried} focused names={names} onCarried={setCarried} />
        {act.failure !== undefined && <FailureNotice failure={act.failure} />}
        <div className="flex dialogacts">
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          <button type="submit" className="btn primary" disabled={act.busy}>
            Save <KeyCaps keys="Enter" />
          </button>
        </div>
      </form>
    </Dialog>
  );
}
