/** Fields for a record's details: right answer, tags, metadata. */
import { useId } from "react";
import type { ReactNode } from "react";
import { TextField } from "../fields/text-field.tsx";
import { rowProblem, withNewRow, withoutRow, withRow } from "./record-details.ts";
import type { MetadataRow, RecordDetails } from "./record-details.ts";

export interface DetailsFieldsProps {
  readonly details: RecordDetails;
  readonly onDetails: (details: RecordDetails) => void;
  /** The right answer takes the focus. */
  readonly focused: boolean;
  /** Offered where a name is typed. */
  readonly names: readonly string[];
}

function MetadataFields({
  row,
  list,
  onRow,
  onRemove,
}: {
  readonly row: MetadataRow;
  readonly list: string;
  readonly onRow: (row: MetadataRow) => void;
  readonly onRemove: () => void;
}): ReactNode {
  const named = row.name.trim() === "" ? "new entry" : row.name;
  return (
    <li className="metadatarow">
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
        onClick={onRemove}
      >
        Remove
      </button>
    </li>
  );
}

export function DetailsFields(props: DetailsFieldsProps): ReactNode {
  const { details, onDetails, focused, names } = props;
  const list = useId();
  const problem = rowProblem(details);
  return (
    <>
      <TextField
        layout="above"
        label="Right answer"
        mono
        focused={focused}
        placeholder="none is known"
        value={details.gold}
        onChange={(gold) => onDetails({ ...details, gold })}
      />
      <TextField
        layout="above"
        label="Tags, separated by commas"
        value={details.tags}
        onChange={(tags) => onDetails({ ...details, tags })}
      />
      <fieldset className="metadatafields">
        <legend className="s12 t2">Metadata</legend>
        <datalist id={list}>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </datalist>
        <ul>
          {details.rows.map((row) => (
            <MetadataFields
              key={row.id}
              row={row}
              list={list}
              onRow={(next) => onDetails(withRow(details, next))}
              onRemove={() => onDetails(withoutRow(details, row.id))}
            />
          ))}
        </ul>
        <button type="button" className="btn small" onClick={() => onDetails(withNewRow(details))}>
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
