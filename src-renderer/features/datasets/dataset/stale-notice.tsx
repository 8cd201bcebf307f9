/** Records that were compared with fewer benchmarks than there are now, and the way to measure them again. */
import type { ReactNode } from "react";
import { plural } from "#renderer/ui/format.ts";

export interface StaleNoticeProps {
  readonly records: number;
  readonly busy: boolean;
  readonly onMeasure: () => void;
}

export function StaleNotice({ records, busy, onMeasure }: StaleNoticeProps): ReactNode {
  return (
    <div className="notice warn" role="status">
      <span className="grow">
        {plural(records, "record")} were compared with fewer benchmarks than there are now.
      </span>
      <button type="button" className="btn small" disabled={busy} onClick={onMeasure}>
        Measure again
      </button>
    </div>
  );
}
