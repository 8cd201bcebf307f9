/** Below a list of sources: one more. */
import type { ReactNode } from "react";

export function AddSource({
  label,
  disabled,
  onAdd,
}: {
  /** Begins with what the button says. */
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
          Add a source
        </button>
      </div>
      <span />
    </div>
  );
}
