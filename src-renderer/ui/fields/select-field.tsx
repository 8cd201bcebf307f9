/** A labelled choice of one among few. */
import type { ReactNode } from "react";
import { Labelled } from "./labelled.tsx";
import type { LabelledProps } from "./labelled.tsx";

export interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

export interface SelectFieldProps<Value extends string> extends Omit<LabelledProps, "children"> {
  readonly value: Value;
  readonly options: readonly Option<Value>[];
  readonly mono?: boolean;
  /** Takes the focus when its dialog opens. */
  readonly focused?: boolean;
  readonly onChange: (value: Value) => void;
}

export function SelectField<Value extends string>({
  label,
  layout,
  value,
  options,
  mono = false,
  focused = false,
  onChange,
}: SelectFieldProps<Value>): ReactNode {
  return (
    <Labelled label={label} layout={layout}>
      <select
        className={mono ? "input mono" : "input"}
        {...(focused ? { "data-autofocus": true } : {})}
        value={value}
        onChange={(event) => {
          const next = options.find((option) => option.value === event.currentTarget.value);
          if (next !== undefined) onChange(next.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

/** Options whose labels are their values, or what `labelOf` makes of them. */
export function optionsOf<const Value extends string>(
  values: readonly Value[],
  labelOf: (value: Value) => string = (value) => value,
): readonly Option<Value>[] {
  return values.map((value) => ({ value, label: labelOf(value) }));
}
