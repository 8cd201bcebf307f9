/** A dataset's name: of a new one, or another for one that is there. */
import { useState } from "react";
import type { ReactNode } from "react";
import { useAct } from "#renderer/bridge/use-act.ts";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";

export interface NameDialogProps {
  readonly opened: boolean;
  readonly label: string;
  readonly verb: string;
  readonly before: string;
  readonly onClose: () => void;
  /** Rejects where the host refuses the name. */
  readonly onName: (name: string) => Promise<void>;
}

export function NameDialog(props: NameDialogProps): ReactNode {
  const { opened, label, verb, before, onClose, onName } = props;
  const [name, setName] = useState(before);
  const act = useAct();
  return (
    <Dialog opened={opened} onClose={onClose} label={label} headed size={420}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act
            .run(() => onName(name.trim()))
            .then((done) => {
              if (done) onClose();
            });
        }}
      >
        <TextField
          layout="above"
          label="Name"
          focused
          maxLength={200}
          value={name}
          onChange={setName}
        />
        <DialogFoot act={act} onClose={onClose}>
          <button type="submit" className="btn primary" disabled={act.busy || name.trim() === ""}>
            {verb}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
