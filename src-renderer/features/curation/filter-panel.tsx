/** Controls for the filter line: what was measured, in ranges and choices. Everything they do is written in the line. */
import type { ReactNode } from "react";
import type { RangeField } from "#shared/schema/record-filter.ts";
import { conditionOn, withCondition, withRangeEnd } from "./filter-terms.ts";

const RANGES: readonly { readonly field: RangeField; readonly label: string }[] = [
  { field: "words", label: "Words" },
  { field: "readability", label: "Readability, 0–100" },
  { field: "language", label: "Language, 0–1" },
  { field: "repetition", label: "Repetition, 0–1" },
  { field: "similarity", label: "Similarity, 0–1" },
];

function RangeRow({
  field,
  label,
  line,
  onLine,
}: {
  readonly field: RangeField;
  readonly label: string;
  readonly line: string;
  readonly onLine: (line: string) => void;
}): ReactNode {
  const range = conditionOn(line, field);
  const end = (which: "min" | "max", text: string): void => {
    const value = text.trim() === "" ? undefined : Number(text);
    if (value === undefined || Number.isFinite(value))
      onLine(withRangeEnd(line, field, which, value));
  };
  return (
    <div className="frow">
      <span className="t2">{label}</span>
      <input
        className="input"
        type="number"
        step="any"
        aria-label={`${label}, at least`}
        placeholder="min"
        value={range?.min ?? ""}
        onChange={(event) => end("min", event.currentTarget.value)}
      />
      <input
        className="input"
        type="number"
        step="any"
        aria-label={`${label}, at most`}
        placeholder="max"
        value={range?.max ?? ""}
        onChange={(event) => end("max", event.currentTarget.value)}
      />
    </div>
  );
}

function ChoiceRow<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Value[];
  readonly onChange: (value: Value | undefined) => void;
}): ReactNode {
  return (
    <label className="frow one">
      <span className="t2">{label}</span>
      <select
        className="input"
        value={value}
        onChange={(event) =>
          onChange(options.find((option) => option === event.currentTarget.value))
        }
      >
        <option value="">any</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}

export interface FilterPanelProps {
  readonly line: string;
  readonly onLine: (line: string) => void;
  /** Tags that the dataset's records have. */
  readonly tags: readonly string[];
}

export function FilterPanel({ line, onLine, tags }: FilterPanelProps): ReactNode {
  const only = <T,>(values: readonly T[] | undefined): T | undefined =>
    values?.length === 1 ? values[0] : undefined;
  return (
    <div className="filterpanel s12">
      <ChoiceRow
        label="Verdict"
        value={only(conditionOn(line, "verdict")?.values) ?? ""}
        options={["correct", "wrong", "none"]}
        onChange={(value) =>
          onLine(withCondition(line, "verdict", value && { field: "verdict", values: [value] }))
        }
      />
      <ChoiceRow
        label="Duplicates"
        value={only(conditionOn(line, "duplicate")?.values) ?? ""}
        options={["exact", "near", "extra"]}
        onChange={(value) =>
          onLine(withCondition(line, "duplicate", value && { field: "duplicate", values: [value] }))
        }
      />
      <ChoiceRow
        label="Contamination"
        value={only(conditionOn(line, "contamination")?.values) ?? ""}
        options={["any", "same-problem", "13-gram", "8-gram"]}
        onChange={(value) =>
          onLine(
            withCondition(
              line,
              "contamination",
              value && { field: "contamination", values: [value] },
            ),
          )
        }
      />
      <ChoiceRow
        label="Tag"
        value={only(conditionOn(line, "tag")?.values) ?? ""}
        options={tags}
        onChange={(value) =>
          onLine(
            withCondition(
              line,
              "tag",
              value === undefined ? undefined : { field: "tag", values: [value] },
            ),
          )
        }
      />
      {RANGES.map(({ field, label }) => (
        <RangeRow key={field} field={field} label={label} line={line} onLine={onLine} />
      ))}
      <p className="t3 s11">
        The line above takes the same and more, e.g. <span className="mono">-tag:wordy</span>,{" "}
        <span className="mono">prompt:&quot;two trains&quot;</span>,{" "}
        <span className="mono">words:100..300</span>.
      </p>
    </div>
  );
}
