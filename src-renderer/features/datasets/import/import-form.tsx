/** Where a file's records go, and how the file is read. */
import type { ReactNode } from "react";
import { datasetsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { CheckField } from "#renderer/ui/fields/check-field.tsx";
import { optionsOf, SelectField } from "#renderer/ui/fields/select-field.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";
import type { ImportChoice } from "./import-choice.ts";
import { MappingForm } from "./mapping-form.tsx";
import type { FoundInFile } from "./use-inspection.ts";
import { DatasetFormat } from "#shared/schema/dataset-format.ts";

export interface ImportFormProps {
  readonly found: FoundInFile;
  readonly choice: ImportChoice;
  /** Id of the dataset that gets the records; empty for a new one. */
  readonly into: string;
  readonly onInto: (id: string) => void;
  readonly onChange: (part: Partial<ImportChoice>) => void;
}

function IntoFields({ into, choice, onInto, onChange }: ImportFormProps): ReactNode {
  const datasets = useQuery(datasetsQuery).data ?? [];
  return (
    <>
      <SelectField
        layout="beside"
        label="Into"
        value={into}
        options={[
          { value: "", label: "a new dataset" },
          ...datasets.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={onInto}
      />
      {into === "" && (
        <TextField
          layout="beside"
          label="Its name"
          value={choice.name}
          maxLength={200}
          onChange={(name) => onChange({ name })}
        />
      )}
    </>
  );
}

export function ImportForm(props: ImportFormProps): ReactNode {
  const { found, choice, onChange } = props;
  const { readAs } = choice;
  return (
    <>
      <div className="mapping s12">
        <IntoFields {...props} />
        <SelectField
          layout="beside"
          label="Format"
          value={readAs.format ?? found.format}
          options={optionsOf(DatasetFormat.options, (format) =>
            format === found.format ? `${format}, as found` : format,
          )}
          onChange={(format) => onChange({ readAs: { format } })}
        />
      </div>
      <MappingForm
        mapping={readAs.mapping ?? found.mapping}
        columns={found.columns}
        example={found.example}
        shapes={found.shapes}
        onMapping={(mapping) => onChange({ readAs: { ...readAs, mapping } })}
      />
      <CheckField checked={choice.skipBad} onChange={(skipBad) => onChange({ skipBad })}>
        Leave bad lines out. Otherwise one bad line keeps the whole file out.
      </CheckField>
    </>
  );
}
