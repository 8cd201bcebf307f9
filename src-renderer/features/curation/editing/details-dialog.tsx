/** Right answer, tags and metadata of one record, saved together as one edit. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetRecord } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { outbox } from "#renderer/bridge/records/outbox.ts";
import { metadataNamesQuery } from "#renderer/bridge/queries.ts";
import { recordStore } from "#renderer/bridge/records/record-store.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { DetailsFields } from "#renderer/ui/records/details-fields.tsx";
import {
  detailsOf,
  goldOf,
  metadataChanges,
  rowProblem,
  tagsOf,
} from "#renderer/ui/records/record-details.ts";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { formatNumber } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";

export interface DetailsDialogProps {
  readonly record: DatasetRecord;
  readonly onClose: () => void;
}

export function DetailsDialog({ record, onClose }: DetailsDialogProps): ReactNode {
  const [before] = useState(() => detailsOf(record));
  const [details, setDetails] = useState(before);
  const act = useAct();
  const names = useQuery(metadataNamesQuery(record.datasetId)).data ?? [];
  const save = (): void => {
    if (act.busy || rowProblem(details) !== undefined) return;
    void act.run(async () => {
      await outbox.drained();
      const { record: changed } = await host.datasets.records.setDetails({
        recordId: record.id,
        ...(details.gold === before.gold ? {} : { gold: goldOf(details) }),
        ...(details.tags === before.tags ? {} : { tags: tagsOf(details) }),
        metadata: metadataChanges(before, details),
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
        <DetailsFields details={details} focused names={names} onDetails={setDetails} />
        <DialogFoot act={act} onClose={onClose}>
          <button type="submit" className="btn primary" disabled={act.busy}>
            Save <KeyCaps keys="Enter" />
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
