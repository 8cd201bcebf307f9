/** What a comparison's address says: which benchmarks, the baseline, published scores, and the chosen pair. */
import { useMemo } from "react";
import { useFilter } from "#renderer/navigation/location.ts";

export interface CompareAddress {
  readonly ids: readonly string[];
  readonly setIds: (ids: readonly string[]) => void;
  readonly baseline: string;
  readonly setBaseline: (id: string) => void;
  readonly published: readonly string[];
  readonly setPublished: (ids: readonly string[]) => void;
}

/** Ids between commas, each once. */
export function idsIn(text: string): readonly string[] {
  return [...new Set(text.split(",").filter((id) => id !== ""))];
}

export function useCompareAddress(): CompareAddress {
  const [runs, setRuns] = useFilter("runs");
  const [baseline, setBaseline] = useFilter("reference");
  const [published, setPublished] = useFilter("published");
  return useMemo(
    () => ({
      ids: idsIn(runs),
      setIds: (ids) => setRuns(ids.join(","), false),
      baseline,
      setBaseline: (id) => setBaseline(id, false),
      published: idsIn(published),
      setPublished: (ids) => setPublished(ids.join(","), false),
    }),
    [runs, setRuns, baseline, setBaseline, published, setPublished],
  );
}
