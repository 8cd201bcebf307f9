/** An overlay that takes the focus, keeps it, and gives it back; Esc or a click outside closes it. */
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";

export interface DialogProps {
  readonly opened: boolean;
  readonly label: string;
  /** Shown as a heading; without it the label is for screen readers only. */
  readonly headed: boolean;
  readonly size: number;
  /** Near the top, for lists whose height changes; else in the middle. */
  readonly atTop?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Dialog({
  opened,
  label,
  headed,
  size,
  atTop = false,
  onClose,
  children,
}: DialogProps): ReactNode {
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      size={size}
      centered={!atTop}
      {...(atTop ? { yOffset: 88 } : {})}
    >
      <Modal.Overlay />
      <Modal.Content aria-label={label} className={headed ? "dialog padded" : "dialog"}>
        {headed && <h2 className="dialogtitle">{label}</h2>}
        {children}
      </Modal.Content>
    </Modal.Root>
  );
}
