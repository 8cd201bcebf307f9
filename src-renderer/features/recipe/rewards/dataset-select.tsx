/** One of the workspace's datasets. */
import type { ReactNode } from "react";
import type { DatasetId, DatasetSummary } from "#shared/schema/dataset.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

export function DatasetSelect({
  label,
  datasets,
  value,
  onChange,
}: {
  readonly label: string;
  readonly datasets: readonly DatasetSummary[];
  readonly value: DatasetId;
  readonly onChange: (id: DatasetId | undefined) => void;
}): ReactNode {
  return (
    <label className="flex">
      <span className="s12 t2">{label}</span>
      <select
        className="input"
        value={value}
        onChange={(event) =>
          onChange(datasets.find(({ id }) => id === event.currentTarget.value)?.id)
        }
      >
        {datasets.map(({ id, name }) => (
          <option key={id} value={id}>
            {visibleText(name)}
          </option>
        ))}
      </select>
    </label>
  );
}
