/** The field that narrows a list to what holds a text. Esc leaves it; the screen's command with "/" comes back to it. */
import type { ReactNode, RefObject } from "react";
import { KeyCaps } from "./key-caps.tsx";

export interface FilterFieldProps {
  /** For screen readers: what is filtered. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly field: RefObject<HTMLInputElement | null>;
}

export function FilterField({ label, value, onChange, field }: FilterFieldProps): ReactNode {
  return (
    <label className="input filter">
      <span className="visually-hidden">{label}</span>
      <input
        ref={field}
        value={value}
        placeholder="Filter"
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      />
      <KeyCaps keys="/" />
    </label>
  );
}
