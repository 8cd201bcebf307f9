/** The dialogs of a review; at most one is open. */
import type { ReactNode } from "react";
import { filterText } from "#shared/schema/record-filter-text.ts";
import { AddRecord } from "#renderer/ui/records/add-record.tsx";
import { ExportRecords } from "#renderer/ui/records/export-records.tsx";
import { BulkDialog } from "../bulk/bulk-dialog.tsx";
import { DetailsDialog } from "../editing/details-dialog.tsx";
import { JumpDialog } from "../queue/jump-dialog.tsx";
import { queueFilter } from "./review-place.ts";
import { useReview } from "./review-value.ts";
import { targetOf } from "./selection.ts";

export function ReviewDialogs(): ReactNode {
  const { dataset, workspace, place, reading, selection, dialogs } = useReview();
  const { opened, close } = dialogs;
  const { record } = reading.live;
  const { target, text } = targetOf(selection, place);
  return (
    <>
      {opened === "add" && (
        <AddRecord datasetId={dataset.id} workspace={workspace} onClose={close} />
      )}
      {opened === "details" && record !== undefined && (
        <DetailsDialog key={record.id} record={record} onClose={close} />
      )}
      <BulkDialog
        opened={opened === "bulk"}
        datasetId={dataset.id}
        target={target}
        targetText={text}
        onClose={close}
        onDone={() => {
          close();
          selection.clear();
        }}
      />
      {opened === "export" && (
        <ExportRecords
          dataset={dataset}
          versions={[]}
          selection={[...selection.ids]}
          filterLine={filterText(queueFilter(place.queueName, place.filter))}
          folder={workspace}
          onClose={close}
        />
      )}
      <JumpDialog opened={opened === "jump"} onClose={close} onJump={reading.jumpTo} />
    </>
  );
}
