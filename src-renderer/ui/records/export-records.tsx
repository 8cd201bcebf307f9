/** Writes records to a file on the host's machine: the chosen ones, those of a filter, a version's, or all. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetSummary, DatasetVersion, RecordId } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { DialogFoot } from "../dialog-foot.tsx";
import { Dialog } from "../dialog.tsx";
import { exportRequest, filterProblems, firstChoice } from "./export-choice.ts";
import type { ExportChoice } from "./export-choice.ts";
import { ExportFields } from "./export-fields.tsx";
import { ExportResult } from "./export-result.tsx";

export interface ExportRecordsProps {
  readonly dataset: DatasetSummary;
  readonly versions: readonly DatasetVersion[];
  /** Records that were chosen one by one, if any. */
  readonly selection: readonly RecordId[];
  /** The first proposal of a filter. */
  readonly filterLine: string;
  /** Folder of the workspace: the first proposal. */
  readonly folder: string;
  readonly onClose: () => void;
}

export function ExportRecords(props: ExportRecordsProps): ReactNode {
  const { dataset, versions, selection, filterLine, folder, onClose } = props;
  const [choice, setChoice] = useState(() => firstChoice(selection, filterLine));
  const [done, setDone] = useState<Awaited<ReturnType<typeof host.datasets.export>>>();
  const act = useAct();
  const change = (part: Partial<ExportChoice>): void =>
    setChoice((before) => ({ ...before, ...part }));
  const request = exportRequest(choice, { dataset, versions, selection, folder });
  const problems = filterProblems(choice);
  const write = (): void => {
    void act.run(async () => setDone(await host.datasets.export(request)));
  };
  return (
    <Dialog opened onClose={onClose} label={`Export ${dataset.name}`} headed size={560}>
      <form
        className="s12"
        onSubmit={(event) => {
          event.preventDefault();
          write();
        }}
      >
        <ExportFields
          choice={choice}
          path={request.path}
          problems={problems}
          versions={versions}
          selected={selection.length}
          onChange={change}
        />
        {done !== undefined && <ExportResult done={done} shape={choice.shape} />}
        <DialogFoot act={act} onClose={onClose}>
          <button
            type="submit"
            className="btn primary"
            disabled={act.busy || request.path.trim() === "" || problems.length > 0}
          >
            {act.busy ? "Writing" : "Export"}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
