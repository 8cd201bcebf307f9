/** Trials that were saved, the newest change first. */
import type { ReactNode } from "react";
import { host } from "#renderer/bridge/host.ts";
import { invalidate } from "#renderer/bridge/query-client.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatWhen } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { usePlayground } from "../playground-value.ts";
import { goToThread } from "./go-to-thread.ts";
import { threadsQuery } from "../playground-queries.ts";

export function HistoryRegion(): ReactNode {
  const { control, writing, reading } = usePlayground();
  const openId = control.trial.threadId;
  const query = useQuery(threadsQuery);
  const act = useAct();
  const now = useNow(60_000);
  const remove = async (threadId: string): Promise<void> => {
    if (!(await act.run(() => host.playground.threads.delete({ threadId })))) return;
    invalidate(["playground"]);
    if (threadId === openId) writing.startAnew();
  };
  const open = (threadId: string): void => {
    reading.pick(undefined);
    void goToThread(threadId);
  };
  return (
    <section aria-label="History" className="history">
      <div className="head">
        <h2>History</h2>
      </div>
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data?.length === 0 && <p className="pad s12 t3">Answers are kept here.</p>}
      <ul>
        {query.data?.map(({ id, title, updatedAtMs }) => (
          <li key={id} className="flex" aria-current={id === openId ? "true" : undefined}>
            <button
              type="button"
              className="trial ell"
              title={visibleText(title)}
              onClick={() => open(id)}
            >
              {visibleText(title)}
            </button>
            <span className="s11 t3 nowrap">{formatWhen(updatedAtMs, now)}</span>
            <button
              type="button"
              className="btn quiet small"
              aria-label={`Remove ${visibleText(title)}`}
              onClick={() => void remove(id)}
            >
              <Glyph name="cross" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
