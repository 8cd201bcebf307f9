/** An overlay that takes the focus, keeps it, and gives it back; Esc or a click outside closes it. */
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { takeFocus } from "./take-focus.ts";

export interface DialogProps {
  readonly opened: boolean;
  readonly label: string;
  /** Shown as a heading; without it the label is for screen readers only. */
  readonly headed: boolean;
  /** A button that closes it, for dialogs that ask nothing. */
  readonly closable?: boolean;
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
  closable = false,
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
      returnFocus={false}
      {...(atTop ? { yOffset: 88 } : {})}
    >
      <Modal.Overlay />
      <Modal.Content
        ref={takeFocus}
        aria-label={label}
        className={headed ? "dialog padded" : "dialog"}
      >
        {headed && (
          <div className="flex top">
            <h2 className="dialogtitle grow">{label}</h2>
            {closable && (
              <button type="button" className="btn small" data-autofocus onClick={onClose}>
                Close <kbd aria-hidden="true">Esc</kbd>
              </button>
            )}
          </div>
        )}
        {children}
      </Modal.Content>
    </Modal.Root>
  );
}
