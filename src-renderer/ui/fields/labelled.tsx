/** A form's field with its label: above it, beside it, or beside it in a narrow column. */
import type { ReactNode } from "react";
import "../form-rows.css";

export type FieldLayout = "above" | "beside" | "narrow";

const CLASSES: Readonly<Record<FieldLayout, { readonly field: string; readonly label: string }>> = {
  above: { field: "field", label: "s12 t2" },
  beside: { field: "maprow", label: "t2" },
  narrow: { field: "frow one", label: "t2" },
};

export interface LabelledProps {
  readonly label: ReactNode;
  readonly layout: FieldLayout;
  readonly children: ReactNode;
}

export function Labelled({ label, layout, children }: LabelledProps): ReactNode {
  return (
    <label className={CLASSES[layout].field}>
      <span className={CLASSES[layout].label}>{label}</span>
      {children}
    </label>
  );
}
