/** Which charts a person wants to see, and in which order: kept in this browser for each kind of stage. */
import { useCallback, useState } from "react";
import { z } from "zod";

const ChartLayout = z.object({
  /** Charts that were moved, in the order wanted; the others follow in the catalogue's. */
  order: z.array(z.string()),
  hidden: z.array(z.string()),
});
export type ChartLayout = z.infer<typeof ChartLayout>;

const PLAIN: ChartLayout = { order: [], hidden: [] };

interface Named {
  readonly id: string;
}

/** Charts in the wanted order, and those put away. */
export function arrange<T extends Named>(
  charts: readonly T[],
  layout: ChartLayout,
): { readonly shown: readonly T[]; readonly hidden: readonly T[] } {
  const place = (one: T): number => {
    const at = layout.order.indexOf(one.id);
    return at < 0 ? layout.order.length : at;
  };
  const ordered = charts.toSorted((a, b) => place(a) - place(b));
  const isHidden = (one: T): boolean => layout.hidden.includes(one.id);
  return { shown: ordered.filter((one) => !isHidden(one)), hidden: ordered.filter(isHidden) };
}

/** The layout with one shown chart moved by so many places. */
export function moved(
  shown: readonly Named[],
  id: string,
  by: number,
  layout: ChartLayout,
): ChartLayout {
  const ids = shown.map((one) => one.id);
  const from = ids.indexOf(id);
  if (from < 0) return layout;
  const to = Math.max(0, Math.min(ids.length - 1, from + by));
  ids.splice(to, 0, ...ids.splice(from, 1));
  return { ...layout, order: ids };
}

function keyOf(kind: string): string {
  return `gradus.charts.${kind}`;
}

function read(kind: string): ChartLayout {
  try {
    return ChartLayout.parse(JSON.parse(window.localStorage.getItem(keyOf(kind)) ?? "null"));
  } catch {
    return PLAIN;
  }
}

export function useChartLayout(
  kind: string,
): readonly [ChartLayout, (layout: ChartLayout) => void] {
  const [layout, setLayout] = useState(() => read(kind));
  const set = useCallback(
    (next: ChartLayout) => {
      setLayout(next);
      if (next.order.length === 0 && next.hidden.length === 0)
        window.localStorage.removeItem(keyOf(kind));
      else window.localStorage.setItem(keyOf(kind), JSON.stringify(next));
    },
    [kind],
  );
  return [layout, set];
}
