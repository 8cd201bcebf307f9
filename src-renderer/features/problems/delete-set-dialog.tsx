/** Asks before a set goes. A set that runs used stays: the host says which. */
import type { ReactNode } from "react";
import type { ProblemSetSummary } from "#shared/schema/problem-set.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { ConfirmDialog } from "#renderer/ui/confirm-dialog.tsx";
import { plural } from "#renderer/ui/format.ts";

export function DeleteSetDialog({
  set,
  onClose,
  onDeleted,
}: {
  readonly set: ProblemSetSummary;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}): ReactNode {
  const act = useAct();
  const remove = (): void => {
    void act.run(() => host.problems.delete({ set: set.name })).then((done) => done && onDeleted());
  };
  return (
    <ConfirmDialog
      opened
      title={`Delete ${set.name}?`}
      keep="Keep it"
      busy={act.busy}
      failure={act.failure}
      onClose={onClose}
      acts={[{ label: "Delete for good", danger: true, run: remove }]}
    >
      Its {plural(set.versions, "version")} with {plural(set.latest.statistics.problems, "problem")}{" "}
      and the pass rates measured on them go, and undo does not bring them back. A set that runs
      used stays as long as they do.
    </ConfirmDialog>
  );
}
