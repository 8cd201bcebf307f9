/** Controls for the filter line: ranges and choices of what was measured. Each writes its condition into the line. */
import type { ReactNode } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { RangeField, RecordCondition } from "#shared/schema/record-filter.ts";
import { metadataNamesQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { optionsOf, SelectField } from "#renderer/ui/fields/select-field.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";
import { SOURCE_NAMES } from "#renderer/ui/records/source-names.ts";
import { conditionOn, oneText, onlyValue, withCondition, withRangeEnd } from "./filter-terms.ts";

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
  readonly value: Value | undefined;
  readonly options: readonly Value[];
  readonly onChange: (value: Value | undefined) => void;
}): ReactNode {
  return (
    <SelectField<Value | "">
      layout="narrow"
      label={label}
      value={value ?? ""}
      options={[{ value: "", label: "any" }, ...optionsOf(options)]}
      onChange={(next) => onChange(next === "" ? undefined : next)}
    />
  );
}

const ANY = "*";

/** One name of the metadata and the value it should have; with nothing typed, any value. */
function MetadataRow({ datasetId, line, onLine }: FilterPanelProps): ReactNode {
  const names = useQuery(metadataNamesQuery(datasetId)).data ?? [];
  const found = conditionOn(line, "metadata");
  const set = (key: string, value: string): void =>
    onLine(
      withCondition(
        line,
        "metadata",
        key === "" ? undefined : { field: "metadata", key, values: [value === "" ? ANY : value] },
      ),
    );
  const value = found?.values.length === 1 && found.values[0] !== ANY ? found.values[0] : "";
  if (names.length === 0 && found === undefined) return null;
  return (
    <>
      <ChoiceRow
        label="Metadata"
        value={found?.key}
        options={found === undefined || names.includes(found.key) ? names : [found.key, ...names]}
        onChange={(key) => set(key ?? "", "")}
      />
      {found !== undefined && (
        <TextField
          layout="narrow"
          label={`${found.key} is`}
          value={value ?? ""}
          placeholder="any value"
          onChange={(next) => set(found.key, next)}
        />
      )}
    </>
  );
}

export interface FilterPanelProps {
  readonly datasetId: DatasetId;
  readonly line: string;
  readonly onLine: (line: string) => void;
  /** Tags that the dataset's records have. */
  readonly tags: readonly string[];
}

export function FilterPanel(props: FilterPanelProps): ReactNode {
  const { line, onLine, tags } = props;
  const set = (field: RecordCondition["field"], condition: RecordCondition | undefined): void =>
    onLine(withCondition(line, field, condition));
  return (
    <div className="filterpanel s12">
      <ChoiceRow
        label="Verdict"
        value={onlyValue(conditionOn(line, "verdict"))}
        options={["correct", "wrong", "none"]}
        onChange={(value) => set("verdict", value && { field: "verdict", values: [value] })}
      />
      <ChoiceRow
        label="Duplicates"
        value={onlyValue(conditionOn(line, "duplicate"))}
        options={["exact", "near", "extra"]}
        onChange={(value) => set("duplicate", value && { field: "duplicate", values: [value] })}
      />
      <ChoiceRow
        label="Contamination"
        value={onlyValue(conditionOn(line, "contamination"))}
        options={["any", "same-problem", "13-gram", "8-gram"]}
        onChange={(value) =>
          set("contamination", value && { field: "contamination", values: [value] })
        }
      />
      <ChoiceRow
        label="Tag"
        value={onlyValue(conditionOn(line, "tag"))}
        options={tags}
        onChange={(tag) => set("tag", oneText("tag", tag ?? ""))}
      />
      <TextField
        layout="narrow"
        label="Source"
        value={onlyValue(conditionOn(line, "source")) ?? ""}
        placeholder="any"
        offered={Object.keys(SOURCE_NAMES)}
        onChange={(text) => set("source", oneText("source", text))}
      />
      <TextField
        layout="narrow"
        label="Right answer"
        value={onlyValue(conditionOn(line, "gold")) ?? ""}
        placeholder="* for any"
        onChange={(text) => set("gold", oneText("gold", text))}
      />
      <MetadataRow {...props} />
      {RANGES.map(({ field, label }) => (
        <RangeRow key={field} field={field} label={label} line={line} onLine={onLine} />
      ))}
      <p className="t3 s11">
        The line above takes the same and more, e.g. <span className="mono">-tag:wordy</span>,{" "}
        <span className="mono">prompt:&quot;two trains&quot;</span>,{" "}
        <span className="mono">words:100..300</span>, <span className="mono">source:web</span>,{" "}
        <span className="mono">-gold:*</span>, <span className="mono">meta.topic:algebra</span>.
      </p>
    </div>
  );
}
