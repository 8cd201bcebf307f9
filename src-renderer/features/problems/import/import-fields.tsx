/** Which set a file's problems go to, which of them are held out, and what is noted of them. */
import type { ReactNode } from "react";
import type { ProblemMapping } from "#shared/schema/problem-import.ts";
import { problemSetsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { CheckField } from "#renderer/ui/fields/check-field.tsx";
import { optionsOf, SelectField } from "#renderer/ui/fields/select-field.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";
import { heldOutOf, isName, shareOf } from "./import-choice.ts";
import type { ImportChoice } from "./import-choice.ts";
import { ColumnField, ProblemMappingForm } from "./problem-mapping-form.tsx";
import type { FoundProblems } from "./use-problem-inspection.ts";
import { DatasetFormat } from "#shared/schema/dataset-format.ts";

const HELD_OUT = [
  { value: "nothing", label: "nothing: all train" },
  { value: "share", label: "a share, by what is asked" },
  { value: "column", label: "as a column says" },
] as const;

export interface ImportFieldsProps {
  readonly found: FoundProblems;
  readonly mapping: ProblemMapping;
  readonly choice: ImportChoice;
  readonly onChange: (part: Partial<ImportChoice>) => void;
}

function IntoField({ choice, onChange }: ImportFieldsProps): ReactNode {
  const sets = useQuery(problemSetsQuery).data ?? [];
  const known = sets.find(({ name }) => name === choice.into);
  return (
    <>
      <TextField
        layout="beside"
        label="Into the set"
        mono
        value={choice.into}
        maxLength={64}
        invalid={!isName(choice.into)}
        offered={sets.map(({ name }) => name)}
        onChange={(into) => onChange({ into })}
      />
      <p className="s11 t3">
        {known === undefined
          ? "A new set."
          : `Its version ${String(known.versions + 1)}; the versions before stay as they are.`}
      </p>
    </>
  );
}

function HeldOutFields({ found, mapping, choice, onChange }: ImportFieldsProps): ReactNode {
  const heldOut = heldOutOf(choice, mapping);
  const { readAs } = choice;
  return (
    <>
      <SelectField
        layout="beside"
        label="Held out for tests"
        value={heldOut}
        options={HELD_OUT}
        onChange={(next) => onChange({ heldOut: next })}
      />
      {heldOut === "share" && (
        <TextField
          layout="beside"
          label="Share in %"
          inputMode="decimal"
          value={choice.share}
          invalid={shareOf(choice.share) === undefined}
          onChange={(share) => onChange({ share })}
        />
      )}
      {heldOut === "column" && (
        <ColumnField
          label="Column with the side"
          value={mapping.split}
          columns={found.columns}
          example={found.example}
          onChange={(split) =>
            onChange({ readAs: { ...readAs, mapping: { ...readAs.mapping, split } } })
          }
        />
      )}
    </>
  );
}

export function ImportFields(props: ImportFieldsProps): ReactNode {
  const { found, mapping, choice, onChange } = props;
  const { readAs } = choice;
  return (
    <>
      <div className="mapping s12">
        <IntoField {...props} />
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
      <ProblemMappingForm
        mapping={mapping}
        columns={found.columns}
        example={found.example}
        verifier={readAs.verifier}
        onMapping={(parts) =>
          onChange({ readAs: { ...readAs, mapping: { ...readAs.mapping, ...parts } } })
        }
        onVerifier={(verifier) => {
          const { verifier: _, ...rest } = readAs;
          onChange({ readAs: verifier === undefined ? rest : { ...rest, verifier } });
        }}
      />
      <div className="mapping s12">
        <HeldOutFields {...props} />
        <TextField
          layout="beside"
          label="Under each problem"
          placeholder="nothing is added"
          value={choice.instruction}
          maxLength={2000}
          onChange={(instruction) => onChange({ instruction })}
        />
        <TextField
          layout="beside"
          label="Licence"
          value={choice.licence}
          maxLength={500}
          onChange={(licence) => onChange({ licence })}
        />
        <TextField
          layout="beside"
          label="Source"
          value={choice.source}
          maxLength={500}
          onChange={(source) => onChange({ source })}
        />
      </div>
      <CheckField checked={choice.skipBad} onChange={(skipBad) => onChange({ skipBad })}>
        Leave bad lines out. Otherwise one bad line keeps the whole file out.
      </CheckField>
    </>
  );
}
