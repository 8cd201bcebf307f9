/** An amount of dollars in a column, its decimal point under those of the others. */
import type { ReactNode } from "react";
import { usdText } from "#shared/usd-text.ts";
import { fillTo } from "./usd-places.ts";

export function UsdInColumn({
  usd,
  places,
}: {
  readonly usd: number;
  /** By `placesOf` of the column's amounts. */
  readonly places: number;
}): ReactNode {
  const text = usdText(usd);
  return (
    <span className="usd" data-fill={fillTo(text, places)}>
      {text}
    </span>
  );
}
