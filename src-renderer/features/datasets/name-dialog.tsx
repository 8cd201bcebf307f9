/** Asks for a dataset's name: of a new one, or another for one that is there. */
import { useState } from "react";
import type { ReactNode } from "react";
import { useAct } from "#renderer/bridge/use-act.ts";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import "#renderer/ui/form-rows.css";

export interface NameDialogProps {
  readonly opened: boolean;
  readonly label: string;
  readonly verb: string;
  readonly before: string;
  readonly onClose: () => void;
  /** Throws what the host refuses. */
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
        <label className="field">
          <span className="s12 t2">Name</span>
          <input
            className="input"
            data-autofocus
            maxLength={200}
            spellCheck={false}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </label>
        {act.failure !== undefined && <FailureNotice failure={act.failure} />}
        <div className="flex dialogacts">
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          <button type="submit" className="btn primary" disabled={act.busy || name.trim() === ""}>
            {verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
