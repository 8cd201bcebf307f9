/** An amount of dollars in a column, its decimal point under those of the others; "no price" where nobody knows it. */
import type { ReactNode } from "react";
import { costText, usdText } from "#shared/usd-text.ts";
import { fillTo } from "./usd-places.ts";

export function UsdInColumn({
  usd,
  places,
}: {
  readonly usd: number | null;
  /** By `placesOf` of the column's amounts. */
  readonly places: number;
}): ReactNode {
  if (usd === null) return costText(null);
  const text = usdText(usd);
  return (
    <span className="usd" data-fill={fillTo(text, places)}>
      {text}
    </span>
  );
}
