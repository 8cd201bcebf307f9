/** A run's history: what happened to it and when, newest first. */
import type { ReactNode } from "react";
import type { RunId } from "#shared/schema/run.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatWhen } from "#renderer/ui/format.ts";
import { LongText } from "#renderer/ui/text/long-text.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";

const TONES = { debug: "t3", info: "t2", warning: "warn", error: "fail" } as const;

export function HistoryPanel({ runId }: { readonly runId: RunId }): ReactNode {
  const now = useNow(60_000);
  const query = useQuery({
    key: `events:${runId}`,
    topics: [`log:${runId}`],
    fetch: (signal) => host.runs.events({ runId, limit: 500 }, { signal }),
  });
  return (
    <div className="scroll grow bt" tabIndex={0} role="group" aria-label="History">
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {query.data?.length === 0 && <Empty>Nothing happened yet.</Empty>}
      {query.data?.toReversed().map((event) => (
        <div key={event.id} className="eventrow">
          <span className="t3 num" style={{ textAlign: "left" }}>
            {formatWhen(event.timeMs, now)}
          </span>
          <span className={TONES[event.level]}>{event.kind}</span>
          <span className="break">
            <LongText text={event.message} />
          </span>
        </div>
      ))}
    </div>
  );
}
