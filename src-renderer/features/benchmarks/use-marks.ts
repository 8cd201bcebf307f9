/** The benchmarks that are marked to be compared, for as long as the screen is shown. */
import { useMemo, useState } from "react";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";

export interface Marks {
  readonly marked: ReadonlySet<string>;
  readonly toggle: (key: string) => void;
  /** Goes to Compare with them. */
  readonly compare: () => void;
}

export function useMarks(): Marks {
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  return useMemo(
    () => ({
      marked,
      toggle: (key) =>
        setMarked((before) => {
          const next = new Set(before);
          if (!next.delete(key)) next.add(key);
          return next;
        }),
      compare: () => navigate(hrefTo(["compare"], { runs: [...marked].join(",") })),
    }),
    [marked],
  );
}
