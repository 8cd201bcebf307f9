/** A line of text at a place of the recipe that is no stage's option: its name, a model's folder, a task's size. */
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { useDraft } from "../document/draft-value.ts";
import { FieldChecks, useProblemsAt } from "./field-checks.tsx";
import { getValue } from "../document/plain-value.ts";
import type { Json, Keys } from "../document/plain-value.ts";

export interface TextFieldProps {
  readonly label: string;
  readonly line: string;
  readonly keys: Keys;
  /** What typed text is in the recipe; undefined: it cannot be. By default the text itself. */
  readonly read?: (text: string) => Json | undefined;
  readonly show?: (value: Json) => string;
  readonly mono?: boolean;
  readonly wide?: boolean;
  /** Offered while typing. */
  readonly choices?: readonly string[];
  /** What a choice is, beside it. */
  readonly choiceWords?: Readonly<Record<string, string>>;
  readonly children?: ReactNode;
}

export function TextField(props: TextFieldProps): ReactNode {
  const { label, line, keys, read = asText, show = String, mono = true, wide = true } = props;
  const { value, set, broken } = useDraft();
  const id = useId();
  const [refused, setRefused] = useState("");
  const [typed, setTyped] = useState<{ readonly text: string; readonly over: string }>();
  const written = getValue(value, keys);
  const before = written === undefined ? "" : JSON.stringify(written);
  // Undo and the editor change the value under a field that is still focused.
  const current = typed?.over === before ? typed.text : undefined;
  const keep = (): void => {
    if (current === undefined) return;
    const next = read(current);
    setRefused(next === undefined ? current.trim() : "");
    setTyped(undefined);
    if (next !== undefined && JSON.stringify(next) !== before) set(keys, next);
  };
  const problems = useProblemsAt(keys);
  const level = problems[0]?.level;
  const look = level === "error" ? "bad" : level === "warning" ? "iffy" : "";
  return (
    <div className="fr">
      <div>
        <label className={mono ? "mono" : "med s12"} htmlFor={id}>
          {label}
        </label>
        <div className="s11 t3" id={`${id}-line`}>
          {line}
        </div>
      </div>
      <div className="flex">
        <input
          id={id}
          className={`input ${mono ? "mono" : ""} ${look}`}
          style={{ width: wide ? 224 : 88 }}
          spellCheck={false}
          disabled={broken}
          list={props.choices === undefined ? undefined : `${id}-choices`}
          value={current ?? (written === undefined ? "" : show(written))}
          aria-invalid={level === "error"}
          aria-describedby={`${id}-line ${id}-checks`}
          onChange={(event) => setTyped({ text: event.currentTarget.value, over: before })}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === "Enter") keep();
          }}
        />
        {props.choices !== undefined && (
          <datalist id={`${id}-choices`}>
            {props.choices.map((choice) => (
              <option key={choice} value={choice}>
                {choiceText(choice, props.choiceWords)}
              </option>
            ))}
          </datalist>
        )}
        {props.children}
      </div>
      <FieldChecks
        keys={keys}
        id={`${id}-checks`}
        otherwise={
          refused === "" ? undefined : (
            <span className="fc warn" role="alert">
              “{refused}” cannot stand here; the value before is kept.
            </span>
          )
        }
      />
    </div>
  );
}

function choiceText(choice: string, words: TextFieldProps["choiceWords"] = {}): string {
  const said = words[choice];
  return said === undefined ? choice : `${choice}: ${said}`;
}

function asText(text: string): Json | undefined {
  const trimmed = text.trim();
  return trimmed === "" ? undefined : trimmed;
}

export function wholeNumber(text: string): Json | undefined {
  const number = Number(text.trim());
  return text.trim() !== "" && Number.isInteger(number) ? number : undefined;
}

/** "3, 4, 5" → [3, 4, 5]. */
export function wholeNumbers(text: string): Json | undefined {
  const numbers = text
    .split(/[\s,]+/u)
    .filter(Boolean)
    .map(Number);
  return numbers.length > 0 && numbers.every(Number.isInteger) ? numbers : undefined;
}
