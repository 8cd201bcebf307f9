/** One change of many records: all that match the filter, or the chosen ones. Shows what it would do before it does it. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { RecordTarget } from "#shared/contract/dataset-records.ts";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { metadataNamesQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { actionOf, BULK_TYPES, FIRST_CHOICE } from "./bulk-choice.ts";
import { BulkOptions } from "./bulk-options.tsx";
import { BulkPreview } from "./bulk-preview.tsx";

export interface BulkDialogProps {
  readonly opened: boolean;
  readonly datasetId: DatasetId;
  readonly target: RecordTarget;
  /** The target in words. */
  readonly targetText: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function BulkDialog(props: BulkDialogProps): ReactNode {
  const { opened, datasetId, target, targetText, onClose, onDone } = props;
  const [choice, setChoice] = useState(FIRST_CHOICE);
  const act = useAct();
  const names =
    useQuery(opened && choice.type === "metadata" ? metadataNamesQuery(datasetId) : undefined)
      .data ?? [];
  const action = useMemo(() => actionOf(choice), [choice]);
  const apply = (): void => {
    if (action === undefined) return;
    void act
      .run(() => host.datasets.records.applyBulk({ datasetId, target, action }))
      .then((done) => {
        if (done) onDone();
      });
  };
  return (
    <Dialog opened={opened} onClose={onClose} label="Change many records" headed size={680}>
      <p className="t2">
        {targetText} {BULK_TYPES[choice.type].note}
      </p>
      <BulkOptions
        choice={choice}
        names={names}
        onChange={(part) => setChoice({ ...choice, ...part })}
      />
      {opened && action !== undefined && (
        <BulkPreview datasetId={datasetId} target={target} action={action} />
      )}
      <DialogFoot act={act} onClose={onClose}>
        <button
          type="button"
          className={choice.type === "delete" ? "btn danger" : "btn primary"}
          disabled={act.busy || action === undefined}
          onClick={apply}
        >
          {act.busy ? "Changing" : "Change"}
        </button>
      </DialogFoot>
    </Dialog>
  );
}
