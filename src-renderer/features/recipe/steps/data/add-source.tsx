/** Below a list of sources: one more. */
import type { ReactNode } from "react";

export function AddSource({
  text,
  label,
  disabled,
  onAdd,
}: {
  readonly text: string;
  /** Begins with the text, and names what it adds to. */
  readonly label: string;
  readonly disabled: boolean;
  readonly onAdd: () => void;
}): ReactNode {
  return (
    <div className="fr">
      <span />
      <div className="flex">
        <button
          type="button"
          className="btn small"
          aria-label={label}
          disabled={disabled}
          onClick={onAdd}
        >
          {text}
        </button>
      </div>
      <span />
    </div>
  );
}
