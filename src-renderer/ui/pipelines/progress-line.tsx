/** How far a run is, as a bar. */
import type { ReactNode } from "react";

export function Meter({
  share,
  live,
  label,
}: {
  readonly share: number | undefined;
  readonly live: boolean;
  readonly label: string;
}): ReactNode {
  const percent = Math.round((share ?? 0) * 100);
  return (
    <div
      className={live ? "meter live" : "meter"}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === undefined ? {} : { "aria-valuenow": percent })}
    >
      <i style={{ width: `${String(percent)}%` }} />
    </div>
  );
}
