/** Goes to a record by its number in the dataset, or to the next one there is in the list. */
import { useState } from "react";
import type { ReactNode } from "react";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { useAct } from "#renderer/bridge/use-act.ts";

export interface JumpDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onJump: (position: number) => Promise<void>;
}

export function JumpDialog({ opened, onClose, onJump }: JumpDialogProps): ReactNode {
  const [text, setText] = useState("");
  const act = useAct();
  const position = Number(text.replaceAll(/[,\s]/gu, ""));
  const valid = Number.isInteger(position) && position > 0;
  return (
    <Dialog opened={opened} onClose={onClose} label="Jump to a record" headed size={320}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!valid) return;
          void act
            .run(() => onJump(position))
            .then((done) => {
              if (!done) return;
              setText("");
              onClose();
            });
        }}
      >
        <label className="field">
          <span className="s12 t2">Record number</span>
          <input
            className="input"
            data-autofocus
            inputMode="numeric"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </label>
        {act.failure !== undefined && <FailureNotice failure={act.failure} />}
        <div className="flex" style={{ marginTop: 16, justifyContent: "flex-end" }}>
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          <button type="submit" className="btn primary" disabled={!valid || act.busy}>
            Jump
          </button>
        </div>
      </form>
    </Dialog>
  );
}
