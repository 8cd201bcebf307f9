/** A run's history and the end of what its engine printed. */
import type { ReactNode } from "react";
import type { RunId } from "#shared/schema/run.ts";
import { host } from "../../bridge/host.ts";
import { useQuery } from "../../bridge/use-query.ts";
import { formatWhen } from "../../ui/format.ts";
import { Empty, FailureNotice, SkeletonRows } from "../../ui/region-state.tsx";
import { useNow } from "../../ui/use-now.ts";

const TONES = { debug: "t3", info: "t2", warning: "warn", error: "fail" } as const;

/** Newest first. */
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
          <span className="break">{event.message}</span>
        </div>
      ))}
    </div>
  );
}

export function LogPanel({
  runId,
  live,
}: {
  readonly runId: RunId;
  readonly live: boolean;
}): ReactNode {
  const query = useQuery(
    {
      key: `log:${runId}`,
      topics: [`log:${runId}`],
      fetch: (signal) => host.runs.log({ runId }, { signal }),
    },
    { everyMs: live ? 3000 : undefined },
  );
  const text = query.data?.text ?? "";
  return (
    <div className="scroll grow bt" tabIndex={0} role="group" aria-label="Log">
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {query.data !== undefined && text === "" && <Empty>The engine printed nothing.</Empty>}
      {text !== "" && (
        <pre className="logtext">
          {query.data?.truncated === true && "… earlier lines are in the run's folder\n"}
          {text}
        </pre>
      )}
    </div>
  );
}
