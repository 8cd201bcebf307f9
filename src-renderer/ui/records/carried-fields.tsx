/** Fields for what a record carries beside its text: right answer, tags, metadata. */
import { useId } from "react";
import type { ReactNode } from "react";
import type { Carried, CarriedRow } from "./carried-text.ts";
import { rowProblem } from "./carried-text.ts";
import "../form-rows.css";

export interface CarriedFieldsProps {
  readonly carried: Carried;
  readonly onCarried: (carried: Carried) => void;
  /** The right answer takes the focus. */
  readonly focused: boolean;
  /** Offered where a name is typed. */
  readonly names: readonly string[];
}

function MetadataRow({
  row,
  list,
  onRow,
}: {
  readonly row: CarriedRow;
  readonly list: string;
  readonly onRow: (row: CarriedRow | undefined) => void;
}): ReactNode {
  const named = row.name.trim() === "" ? "new entry" : row.name;
  return (
    <li className="carriedrow">
      <input
        className="input"
        aria-label="Name of metadata"
        list={list}
        maxLength={200}
        spellCheck={false}
        value={row.name}
        onChange={(event) => onRow({ ...row, name: event.currentTarget.value })}
      />
      <input
        className="input mono"
        aria-label={`Value of ${named}`}
        spellCheck={false}
        value={row.text}
        onChange={(event) => onRow({ ...row, text: event.currentTarget.value })}
      />
      <button
        type="button"
        className="btn quiet small"
        aria-label={`Remove ${named}`}
        onClick={() => onRow(undefined)}
      >
        Remove
      </button>
    </li>
  );
}

export function CarriedFields(props: CarriedFieldsProps): ReactNode {
  const { carried, onCarried, focused, names } = props;
  const list = useId();
  const problem = rowProblem(carried);
  const setRow = (id: number, row: CarriedRow | undefined): void =>
    onCarried({
      ...carried,
      rows: carried.rows.flatMap((one) => (one.id !== id ? [one] : row === undefined ? [] : [row])),
    });
  return (
    <>
      <label className="field">
        <span className="s12 t2">Right answer</span>
        <input
          className="input mono"
          {...(focused ? { "data-autofocus": true } : {})}
          spellCheck={false}
          placeholder="none is known"
          value={carried.gold}
          onChange={(event) => onCarried({ ...carried, gold: event.currentTarget.value })}
        />
      </label>
      <label className="field">
        <span className="s12 t2">Tags, separated by commas</span>
        <input
          className="input"
          spellCheck={false}
          value={carried.tags}
          onChange={(event) => onCarried({ ...carried, tags: event.currentTarget.value })}
        />
      </label>
      <fieldset className="carried">
        <legend className="s12 t2">Metadata</legend>
        <datalist id={list}>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </datalist>
        <ul className="carriedrows">
          {carried.rows.map((row) => (
            <MetadataRow
              key={row.id}
              row={row}
              list={list}
              onRow={(next) => setRow(row.id, next)}
            />
          ))}
        </ul>
        <button
          type="button"
          className="btn small"
          onClick={() =>
            onCarried({
              ...carried,
              rows: [
                ...carried.rows,
                { id: Math.max(-1, ...carried.rows.map(({ id }) => id)) + 1, name: "", text: "" },
              ],
            })
          }
        >
          Add metadata
        </button>
        <p className="t3 s11">
          Numbers, true, false, null, lists and objects are read as JSON; a number in quotes is a
          text. An entry without a value is none.
        </p>
      </fieldset>
      {problem !== undefined && (
        <p className="s12 warn" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
