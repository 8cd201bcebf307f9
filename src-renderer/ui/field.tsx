/** A control below its label. */
import type { ReactNode } from "react";

export function Field({
  label,
  children,
}: {
  readonly label: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <label className="field">
      <span className="s12 t2">{label}</span>
      {children}
    </label>
  );
}
