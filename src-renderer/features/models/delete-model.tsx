/** The question before a model that was got is deleted from the workspace. */
import type { ReactNode } from "react";
import type { ModelRecord } from "#shared/schema/system.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { ConfirmDialog } from "#renderer/ui/confirm-dialog.tsx";
import { formatBytes } from "#renderer/ui/format.ts";

export function DeleteModel({
  model,
  opened,
  onClose,
}: {
  readonly model: ModelRecord;
  readonly opened: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const { busy, failure, run } = useAct();
  return (
    <ConfirmDialog
      opened={opened}
      title={`Delete ${model.name}?`}
      keep="Keep it"
      busy={busy}
      failure={failure}
      acts={[
        {
          label: "Delete",
          danger: true,
          run: () => {
            void run(async () => {
              await host.models.delete({ id: model.id });
              onClose();
            });
          },
        },
      ]}
      onClose={onClose}
    >
      Its {formatBytes(model.bytes)} go from the workspace. It can be got again where it came from.
      Runs that began with it keep their results.
    </ConfirmDialog>
  );
}
