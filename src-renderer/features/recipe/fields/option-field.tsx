/** One option of a stage: its name and meaning, its control, and what was found about it. */
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { z } from "zod";
import { Segments } from "#renderer/ui/segments.tsx";
import { useDraft } from "../document/draft-value.ts";
import { FieldChecks, useProblemsAt } from "./field-checks.tsx";
import { oneLine } from "../document/recipe-document.ts";
import { getValue } from "../document/plain-value.ts";
import type { Json, Keys } from "../document/plain-value.ts";
import type { Field } from "./stage-fields.ts";

/** More choices than this stand in a list. */
const MOST_SEGMENTS = 4;

export function OptionField({
  field,
  keys,
  label = field.name,
  fact,
  inert,
}: {
  readonly field: Field;
  readonly keys: Keys;
  readonly label?: string;
  /** What follows from the value, said where nothing is wrong. */
  readonly fact?: ReactNode;
  /** Why it does nothing as the other options stand: it is greyed then. */
  readonly inert?: string | undefined;
}): ReactNode {
  const { value, unset, broken } = useDraft();
  const id = useId();
  const written = getValue(value, keys);
  const changed = written !== undefined && !field.required && !isSame(written, field.fallback);
  return (
    <div className={inert === undefined ? "fr" : "fr inert"} data-option={field.name}>
      <div>
        <label className="mono" htmlFor={id}>
          {label}
        </label>
        <div className="s11 t3" id={`${id}-line`}>
          {field.line}
        </div>
      </div>
      <fieldset className="flex" disabled={inert !== undefined}>
        <Control field={field} keys={keys} id={id} written={written} label={label} />
      </fieldset>
      <FieldChecks
        keys={keys}
        id={`${id}-checks`}
        otherwise={
          inert !== undefined ? (
            <span className="fc t3">does nothing: {inert}</span>
          ) : changed ? (
            <span className="fc t3">
              <button
                type="button"
                className="linkbtn"
                disabled={broken}
                onClick={() => unset(keys)}
              >
                {field.fallback === undefined
                  ? "Leave empty"
                  : `Default ${defaultText(field.fallback)}`}
                <span className="visually-hidden"> for {label}</span>
              </button>
            </span>
          ) : fact !== undefined ? (
            <span className="fc t3">{fact}</span>
          ) : field.other !== undefined ? (
            <span className="fc t3">
              In TRL: {field.other.trl}. Here not: {field.other.why}.
            </span>
          ) : undefined
        }
      />
    </div>
  );
}

interface ControlProps {
  readonly field: Field;
  readonly keys: Keys;
  readonly id: string;
  readonly label: string;
  readonly written: Json | undefined;
}

function Control({ field, keys, id, written, label }: ControlProps): ReactNode {
  const { set, broken } = useDraft();
  const { type } = field;
  const shown = oneLine(written ?? field.fallback ?? "");
  if (type.kind === "boolean" || type.kind === "choice") {
    const values = type.kind === "boolean" ? ["true", "false"] : type.values;
    const choose = (text: string): void =>
      set(keys, type.kind === "boolean" ? text === "true" : text);
    if (values.length > MOST_SEGMENTS)
      return (
        <select
          id={id}
          className="input mono"
          value={shown}
          disabled={broken}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          {values.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      );
    return (
      <Segments
        label={label}
        value={shown}
        onChange={choose}
        segments={values.map((one) => ({
          value: one,
          label: <span className="mono">{type.kind === "boolean" ? YES_NO[one] : one}</span>,
        }))}
      />
    );
  }
  if (type.kind === "list")
    return (
      <ListControl
        label={label}
        values={type.values}
        chosen={z
          .array(z.string())
          .catch([])
          .parse(written ?? field.fallback)}
        disabled={broken}
        onChange={(next) => set(keys, [...next])}
      />
    );
  if (type.kind === "other")
    return <span className="mono s12 t2">{written === undefined ? "" : oneLine(written)}</span>;
  return <TextControl field={field} keys={keys} id={id} label={label} written={written} />;
}

/** Each value is in the list or not; one stays. */
function ListControl({
  label,
  values,
  chosen,
  disabled,
  onChange,
}: {
  readonly label: string;
  readonly values: readonly string[];
  readonly chosen: readonly string[];
  readonly disabled: boolean;
  readonly onChange: (values: readonly string[]) => void;
}): ReactNode {
  return (
    <span className="chips" role="group" aria-label={label}>
      {values.map((value) => {
        const on = chosen.includes(value);
        return (
          <button
            key={value}
            type="button"
            className={on ? "chip mono on" : "chip mono"}
            aria-pressed={on}
            disabled={disabled || (on && chosen.length === 1)}
            onClick={() =>
              onChange(values.filter((one) => (one === value ? !on : chosen.includes(one))))
            }
          >
            {value}
          </button>
        );
      })}
    </span>
  );
}

const YES_NO: Readonly<Record<string, string>> = { true: "on", false: "off" };

/** Writes what can be read while it is typed; what cannot stays in the field, marked. */
function TextControl({ field, keys, id, written }: ControlProps): ReactNode {
  const { set, unset, broken, source } = useDraft();
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const problems = useProblemsAt(keys);
  // Undo and the editor change the value under a field that is still focused.
  const current = typed !== undefined && says(field, typed, written) ? typed : undefined;
  const shown =
    current ??
    (written === undefined
      ? ""
      : typeof written === "string"
        ? written
        : (source(keys) ?? oneLine(written)));
  const bad = current !== undefined && readTyped(field, current) === undefined;
  const level = problems[0]?.level;
  const look = bad || level === "error" ? "bad" : level === "warning" ? "iffy" : "";
  return (
    <>
      <input
        id={id}
        className={`input mono ${look}`}
        style={{ width: field.type.kind === "number" ? 88 : 208 }}
        inputMode={field.type.kind === "number" ? "decimal" : "text"}
        spellCheck={false}
        disabled={broken}
        placeholder={field.fallback === undefined ? "" : defaultText(field.fallback)}
        value={shown}
        aria-invalid={look === "bad"}
        aria-describedby={`${id}-line ${id}-checks`}
        onChange={(event) => {
          const text = event.currentTarget.value;
          setTyped(text);
          const read = readTyped(field, text);
          if (read === null) unset(keys);
          else if (read !== undefined)
            set(keys, read, field.type.kind === "number" ? text.trim() : undefined);
        }}
        onBlur={() => setTyped(undefined)}
      />
      {bad && <span className="s11 fail nowrap">✕ {wanted(field)}</span>}
    </>
  );
}

/** null: nothing is typed, so the default counts; undefined: it cannot be read. */
function readTyped(field: Field, text: string): Json | null | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return field.required ? undefined : null;
  if (field.type.kind !== "number") return text;
  if (!/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/u.test(trimmed)) return undefined;
  const number = Number(trimmed);
  if (!Number.isFinite(number) || (field.type.whole && !Number.isInteger(number))) return undefined;
  return number;
}

/** As people write it: 5e-5. */
function defaultText(value: Json): string {
  return typeof value === "number" && value !== 0 && Math.abs(value) < 1e-3
    ? value.toExponential()
    : oneLine(value);
}

/** Whether what was typed is what is written, or cannot be. */
function says(field: Field, typed: string, written: Json | undefined): boolean {
  const read = readTyped(field, typed);
  return read === undefined || (read === null ? written === undefined : isSame(read, written));
}

function wanted({ type }: Field): string {
  return type.kind === "number" && type.whole ? "a whole number" : "a number";
}

function isSame(a: Json, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
