/** Controls for the filter line: what was measured, in ranges and choices. Everything they do is written in the line. */
import { useId } from "react";
import type { ReactNode } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { RangeField } from "#shared/schema/record-filter.ts";
import { metadataNamesQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { SOURCE_NAMES } from "#renderer/ui/records/source-names.ts";
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

function TextRow({
  label,
  value,
  placeholder,
  offered,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly offered: readonly string[];
  readonly onChange: (value: string) => void;
}): ReactNode {
  const list = useId();
  return (
    <label className="frow one">
      <span className="t2">{label}</span>
      <input
        className="input"
        list={list}
        spellCheck={false}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id={list}>
        {offered.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </datalist>
    </label>
  );
}

const ANY = "*";

/** One name of the metadata and what it should be; nothing typed: any value. */
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
        value={found?.key ?? ""}
        options={found === undefined || names.includes(found.key) ? names : [found.key, ...names]}
        onChange={(key) => set(key ?? "", "")}
      />
      {found !== undefined && (
        <TextRow
          label={`${found.key} is`}
          value={value ?? ""}
          placeholder="any value"
          offered={[]}
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
      <TextRow
        label="Source"
        value={only(conditionOn(line, "source")?.values) ?? ""}
        placeholder="any"
        offered={Object.keys(SOURCE_NAMES)}
        onChange={(value) =>
          onLine(
            withCondition(
              line,
              "source",
              value === "" ? undefined : { field: "source", values: [value] },
            ),
          )
        }
      />
      <TextRow
        label="Right answer"
        value={only(conditionOn(line, "gold")?.values) ?? ""}
        placeholder="* for any"
        offered={[]}
        onChange={(value) =>
          onLine(
            withCondition(
              line,
              "gold",
              value === "" ? undefined : { field: "gold", values: [value] },
            ),
          )
        }
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
