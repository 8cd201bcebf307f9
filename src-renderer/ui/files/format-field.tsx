/** Asks what format a file has whose name does not say it. */
import type { ReactNode } from "react";
import { optionsOf, SelectField } from "../fields/select-field.tsx";
import { DatasetFormat } from "#shared/schema/dataset-format.ts";

interface FormatFieldProps {
  readonly format: DatasetFormat | undefined;
  readonly onFormat: (format: DatasetFormat | undefined) => void;
}

export function FormatField({ format, onFormat }: FormatFieldProps): ReactNode {
  return (
    <div className="mapping s12">
      <SelectField
        layout="beside"
        label="Format"
        value={format ?? ""}
        options={[{ value: "", label: "as its name says" }, ...optionsOf(DatasetFormat.options)]}
        onChange={(said) => onFormat(said === "" ? undefined : said)}
      />
    </div>
  );
}
