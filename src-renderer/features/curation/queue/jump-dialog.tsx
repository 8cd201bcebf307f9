/** Goes to a record by its number in the dataset; where the list has no such record, to the next one that it has. */
import { useState } from "react";
import type { ReactNode } from "react";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { DialogFoot } from "#renderer/ui/dialog-foot.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";
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
        <TextField
          layout="above"
          label="Record number"
          focused
          inputMode="numeric"
          value={text}
          onChange={setText}
        />
        <DialogFoot act={act} onClose={onClose}>
          <button type="submit" className="btn primary" disabled={!valid || act.busy}>
            Jump
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
