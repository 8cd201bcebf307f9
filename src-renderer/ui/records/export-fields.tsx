/** The export dialog's fields: which records, in which form, into which file. */
import type { ReactNode } from "react";
import type { DatasetVersion } from "#shared/schema/dataset.ts";
import { DatasetShape } from "#shared/schema/dataset.ts";
import { CheckField } from "../fields/check-field.tsx";
import { optionsOf, SelectField } from "../fields/select-field.tsx";
import { TextField } from "../fields/text-field.tsx";
import { plural } from "../format.ts";
import type { ExportChoice } from "./export-choice.ts";
import { DatasetFormat } from "#shared/schema/dataset-format.ts";

const REASONING = [
  { value: "as-is", label: "as it came; what was written here in think tags" },
  { value: "inline", label: "all in think tags inside the text" },
  { value: "field", label: "all in a field of its own" },
] as const;

export interface ExportFieldsProps {
  readonly choice: ExportChoice;
  readonly path: string;
  /** Of the filter line. */
  readonly problems: readonly string[];
  readonly versions: readonly DatasetVersion[];
  /** How many records were chosen one by one. */
  readonly selected: number;
  readonly onChange: (part: Partial<ExportChoice>) => void;
}

function WhichRecords(props: ExportFieldsProps): ReactNode {
  const { choice, problems, versions, selected, onChange } = props;
  return (
    <>
      <SelectField
        layout="beside"
        label="Records"
        focused
        value={choice.scope}
        options={[
          ...(selected === 0
            ? []
            : [{ value: "selection", label: `the ${plural(selected, "record")} chosen` }]),
          { value: "filter", label: "those that match a filter" },
          { value: "whole", label: "all" },
          ...versions.map(({ ref }) => ({ value: ref, label: `version ${ref}` })),
        ]}
        onChange={(scope) => onChange({ scope })}
      />
      {choice.scope === "filter" && (
        <TextField
          layout="beside"
          label="Filter"
          mono
          value={choice.filterLine}
          invalid={problems.length > 0}
          onChange={(filterLine) => onChange({ filterLine })}
        />
      )}
      {problems.length > 0 && <p className="warn">{problems.join("; ")}</p>}
    </>
  );
}

export function ExportFields(props: ExportFieldsProps): ReactNode {
  const { choice, path, onChange } = props;
  return (
    <>
      <WhichRecords {...props} />
      <SelectField
        layout="beside"
        label="Format"
        value={choice.format}
        options={optionsOf(DatasetFormat.options)}
        onChange={(format) => onChange({ format })}
      />
      <SelectField
        layout="beside"
        label="Shape"
        value={choice.shape}
        options={optionsOf(DatasetShape.options)}
        onChange={(shape) => onChange({ shape })}
      />
      <SelectField
        layout="beside"
        label="Reasoning"
        value={choice.reasoning}
        options={REASONING}
        onChange={(reasoning) => onChange({ reasoning })}
      />
      <TextField
        layout="beside"
        label="File on the host's machine"
        mono
        value={path}
        onChange={(typed) => onChange({ path: typed })}
      />
      <CheckField checked={choice.overwrite} onChange={(overwrite) => onChange({ overwrite })}>
        Write over a file that is there
      </CheckField>
      <CheckField
        checked={choice.datasetInfo}
        onChange={(datasetInfo) => onChange({ datasetInfo })}
      >
        Write LLaMA-Factory&apos;s dataset_info.json beside it
      </CheckField>
    </>
  );
}
