/** The chosen dataset of the list: the address's, else the first. */
import { useMemo } from "react";
import type { DatasetSummary } from "#shared/schema/dataset.ts";
import { hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";

export interface ChosenDataset {
  readonly at: number;
  readonly dataset: DatasetSummary | undefined;
  readonly choose: (index: number) => void;
  readonly open: (index: number) => void;
}

/** The same value while neither the list nor the choice changes. */
export function useChosenDataset(datasets: readonly DatasetSummary[]): ChosenDataset {
  const [chosenId, setChosenId] = useFilter("dataset");
  return useMemo(() => {
    const found = datasets.findIndex(({ id }) => id === chosenId);
    const at = Math.max(0, found);
    return {
      at,
      dataset: datasets[at],
      choose: (index) => {
        const dataset = datasets[index];
        if (dataset !== undefined) setChosenId(dataset.id);
      },
      open: (index) => {
        const dataset = datasets[index];
        if (dataset !== undefined) navigate(hrefTo(["dataset", dataset.id]));
      },
    };
  }, [datasets, chosenId, setChosenId]);
}
