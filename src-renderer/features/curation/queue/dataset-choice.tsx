/** Which dataset is reviewed. */
import type { ReactNode } from "react";
import { useReview } from "../review/review-value.ts";

export function DatasetChoice(): ReactNode {
  const { dataset, datasets, place } = useReview();
  return (
    <select
      className="input"
      aria-label="Dataset"
      value={dataset.id}
      onChange={(event) => {
        const next = datasets.find(({ id }) => id === event.currentTarget.value);
        if (next !== undefined) place.goToDataset(next.id);
      }}
    >
      {datasets.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
