/** A question before something that loses work. Focus stands on the safe answer; Esc gives it too. */
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";

export interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly title: string;
  readonly children: ReactNode;
  /** The verb of the act: "Stop the run". */
  readonly act: string;
  /** The safe answer: "Keep running". */
  readonly keep: string;
  readonly busy: boolean;
  readonly onAct: () => void;
  readonly onClose: () => void;
}

export function ConfirmDialog({
  opened,
  title,
  children,
  act,
  keep,
  busy,
  onAct,
  onClose,
}: ConfirmDialogProps): ReactNode {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      centered
      size={440}
      withCloseButton={false}
      classNames={{ title: "dialogtitle" }}
    >
      <div className="t2">{children}</div>
      <div className="flex" style={{ marginTop: 20, justifyContent: "flex-end" }}>
        <button type="button" className="btn danger" disabled={busy} onClick={onAct}>
          {act}
        </button>
        <button type="button" className="btn" data-autofocus onClick={onClose}>
          {keep}
        </button>
      </div>
    </Modal>
  );
}
