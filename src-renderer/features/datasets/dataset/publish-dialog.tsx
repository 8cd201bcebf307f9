/** Makes an immutable version of the records that a filter matches. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetId, DatasetVersion } from "#shared/schema/dataset.ts";
import { parseFilter } from "#shared/schema/record-filter-text.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";
import { plural } from "#renderer/ui/format.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { StatisticsTable } from "./statistics-table.tsx";

export interface PublishDialogProps {
  readonly datasetId: DatasetId;
  readonly onClose: () => void;
  readonly onPublished: (version: DatasetVersion) => void;
}

export function PublishDialog({ datasetId, onClose, onPublished }: PublishDialogProps): ReactNode {
  const [line, setLine] = useState("status:accepted");
  const [note, setNote] = useState("");
  const { filter, problems } = parseFilter(line);
  const act = useAct();
  const preview = useQuery({
    key: `publish:${datasetId}:${JSON.stringify(filter)}`,
    topics: [`dataset:${datasetId}`],
    fetch: (signal) => host.datasets.versions.preview({ datasetId, filter }, { signal }),
  });
  const records = preview.data?.records;
  return (
    <Dialog opened onClose={onClose} label="Publish a version" headed size={640}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(async () => {
            onPublished(await host.datasets.versions.publish({ datasetId, filter, note }));
          });
        }}
      >
        <p className="t2">
          A version never changes: later edits make another. Recipes name it, and a run records
          which one it trained on.
        </p>
        <TextField
          layout="above"
          label="Records that match"
          mono
          focused
          value={line}
          invalid={problems.length > 0}
          onChange={setLine}
        />
        {problems.length > 0 && <p className="s12 warn">{problems.join("; ")}</p>}
        <TextField layout="above" label="Note" maxLength={2000} value={note} onChange={setNote} />
        <div className="head publishhead">
          <h2>{records === undefined ? "Records" : plural(records, "record")}</h2>
        </div>
        {preview.failure !== undefined && <FailureNotice failure={preview.failure} />}
        {preview.data === undefined ? (
          preview.failure === undefined && <SkeletonRows rows={4} />
        ) : (
          <div className="scroll publishstats" tabIndex={0} role="group" aria-label="Statistics">
            <StatisticsTable statistics={preview.data} />
          </div>
        )}
        <DialogFoot act={act} onClose={onClose}>
          <button
            type="submit"
            className="btn primary"
            disabled={act.busy || problems.length > 0 || (records ?? 0) === 0}
          >
            {act.busy ? "Publishing" : "Publish"}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
