/** Asks before pipelines are deleted, names what goes with them, and says which could not be. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { PipelineSummary } from "#shared/schema/run.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import { ConfirmDialog } from "#renderer/ui/confirm-dialog.tsx";
import { plural } from "#renderer/ui/format.ts";
import { isActive } from "#renderer/ui/pipelines/pipeline-facts.ts";
import type { Failure } from "#renderer/bridge/failure.ts";

export interface DeleteDialogProps {
  readonly opened: boolean;
  readonly launches: readonly PipelineSummary[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const NAMED = 8;

export function DeleteDialog({ opened, launches, onClose, onDone }: DeleteDialogProps): ReactNode {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const idle = launches.filter((launch) => !isActive(launch.status));
  const atWork = launches.length - idle.length;
  const stages = idle.reduce((sum, launch) => sum + launch.runs.length, 0);
  const remove = async (): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    try {
      for (const launch of idle) await host.pipelines.delete({ pipelineId: launch.id });
      onClose();
      onDone();
    } catch (error) {
      setFailure(failureOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      opened={opened}
      title={`Delete ${plural(idle.length, "pipeline", "pipelines")}?`}
      keep="Keep them"
      busy={busy}
      failure={failure}
      onClose={onClose}
      acts={
        idle.length === 0
          ? []
          : [{ label: "Delete for good", danger: true, run: () => void remove() }]
      }
    >
      <ul>
        {idle.slice(0, NAMED).map((launch) => (
          <li key={launch.id} className="ell">
            {launch.name} <span className="t3">{launch.id}</span>
          </li>
        ))}
        {idle.length > NAMED && <li className="t3">and {idle.length - NAMED} more</li>}
      </ul>
      <p style={{ marginTop: 8 }}>
        With {plural(stages, "stage")}: metrics, completions, checkpoints, written models, notes and
        tags. This cannot be undone.
      </p>
      {atWork > 0 && (
        <p className="warn" style={{ marginTop: 8 }}>
          {plural(atWork, "pipeline is", "pipelines are")} at work and stay. Stop them first.
        </p>
      )}
    </ConfirmDialog>
  );
}
