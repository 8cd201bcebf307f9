/** A box to tick, with its label after it. */
import type { ReactNode } from "react";
import "../form-rows.css";

export interface CheckFieldProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
}

export function CheckField({ checked, onChange, children }: CheckFieldProps): ReactNode {
  return (
    <label className="flex s12 skipbad">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      {children}
    </label>
  );
}
