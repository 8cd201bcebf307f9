/** The type of change, and the fields that it asks for. */
import type { ReactNode } from "react";
import { RecordStatus } from "#shared/schema/dataset.ts";
import { optionsOf, SelectField } from "#renderer/ui/fields/select-field.tsx";
import type { Option } from "#renderer/ui/fields/select-field.tsx";
import { TextField } from "#renderer/ui/fields/text-field.tsx";
import { BULK_TYPES } from "./bulk-choice.ts";
import type { BulkChoice, BulkType } from "./bulk-choice.ts";

const TYPES: readonly BulkType[] = [
  "status",
  "tags",
  "gold",
  "metadata",
  "repair-format",
  "remove-foreign-lines",
  "remove-repetition",
  "deduplicate",
  "restore-original",
  "delete",
];

const STATUSES = optionsOf(RecordStatus.options);

export interface BulkOptionsProps {
  readonly choice: BulkChoice;
  /** Names of metadata that the dataset's records have. */
  readonly names: readonly string[];
  readonly onChange: (part: Partial<BulkChoice>) => void;
}

/** The fields of one type; most types need none. */
function TypeFields({ choice, names, onChange }: BulkOptionsProps): ReactNode {
  const select = <Value extends string>(
    label: string,
    value: Value,
    options: readonly Option<Value>[],
    partOf: (value: Value) => Partial<BulkChoice>,
  ): ReactNode => (
    <SelectField
      layout="above"
      label={label}
      value={value}
      options={options}
      onChange={(next) => onChange(partOf(next))}
    />
  );
  const text = (
    label: string,
    field: "gold" | "name" | "value" | "tag",
    offered: readonly string[] = [],
  ): ReactNode => (
    <TextField
      layout="above"
      label={label}
      value={choice[field]}
      offered={offered}
      {...(field === "tag" ? { maxLength: 100 } : {})}
      onChange={(next) => onChange({ [field]: next })}
    />
  );
  switch (choice.type) {
    case "status":
      return select("Status", choice.status, STATUSES, (status) => ({ status }));
    case "gold":
      return text("Right answer", "gold");
    case "metadata":
      return (
        <>
          {text("Name", "name", names)}
          {text("Value", "value")}
        </>
      );
    case "tags":
      return (
        <>
          {select("Way", choice.tagWay, optionsOf(["add", "remove"]), (tagWay) => ({ tagWay }))}
          {text("Tag", "tag")}
        </>
      );
    case "deduplicate":
      return (
        <>
          {select("Duplicates", choice.duplicates, optionsOf(["exact", "near"]), (duplicates) => ({
            duplicates,
          }))}
          {select(
            "Keep",
            choice.keep,
            optionsOf(["first", "most-readable", "shortest"], (keep) => keep.replaceAll("-", " ")),
            (keep) => ({ keep }),
          )}
          {select("The others become", choice.others, STATUSES, (others) => ({ others }))}
        </>
      );
    default:
      return null;
  }
}

export function BulkOptions(props: BulkOptionsProps): ReactNode {
  const { choice, onChange } = props;
  return (
    <div className="flex top bulkoptions">
      <SelectField
        layout="above"
        label="Change"
        value={choice.type}
        options={optionsOf(TYPES, (type) => BULK_TYPES[type].label)}
        onChange={(type) => onChange({ type })}
      />
      <TypeFields {...props} />
    </div>
  );
}
