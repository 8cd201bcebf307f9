/** A labelled line of text. */
import { useId } from "react";
import type { ComponentProps, ReactNode } from "react";
import { Labelled } from "./labelled.tsx";
import type { LabelledProps } from "./labelled.tsx";

export interface TextFieldProps
  extends
    Omit<LabelledProps, "children">,
    Pick<ComponentProps<"input">, "placeholder" | "maxLength" | "inputMode"> {
  readonly value: string;
  readonly mono?: boolean;
  /** Takes the focus when its dialog opens. */
  readonly focused?: boolean;
  /** What was typed cannot be used. */
  readonly invalid?: boolean;
  /** Values to choose from; any other may be typed. */
  readonly offered?: readonly string[];
  readonly onChange: (value: string) => void;
}

const NONE_OFFERED: readonly string[] = [];

export function TextField({
  label,
  layout,
  mono = false,
  focused = false,
  invalid,
  offered = NONE_OFFERED,
  onChange,
  ...input
}: TextFieldProps): ReactNode {
  const list = useId();
  return (
    <Labelled label={label} layout={layout}>
      <input
        {...input}
        className={mono ? "input mono" : "input"}
        {...(focused ? { "data-autofocus": true } : {})}
        {...(offered.length > 0 ? { list } : {})}
        spellCheck={false}
        aria-invalid={invalid}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {offered.length > 0 && (
        <datalist id={list}>
          {offered.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </datalist>
      )}
    </Labelled>
  );
}
