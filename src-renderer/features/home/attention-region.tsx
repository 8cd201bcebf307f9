/** What a person should look at: failed and stopped pipelines, and alarms, each with what to do. */
import type { ReactNode } from "react";
import type { AttentionItem } from "#shared/schema/system.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { attentionQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatWhen } from "#renderer/ui/format.ts";
import { pipelineText } from "#renderer/ui/pipelines/pipeline-name.tsx";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";

const SHOWN = 8;

function linkOf(item: AttentionItem): string {
  return item.runId === null ? hrefTo(["pipeline", item.pipelineId]) : hrefTo(["run", item.runId]);
}

function Item({
  item,
  now,
  busy,
  onDismiss,
}: {
  readonly item: AttentionItem;
  readonly now: number;
  readonly busy: boolean;
  readonly onDismiss: () => void;
}): ReactNode {
  const failed = item.level === "error";
  return (
    <li>
      <Glyph
        name={failed ? "cross" : "warn"}
        className={failed ? "fail" : "warn"}
        label={failed ? "error" : "warning"}
      />
      <div className="grow">
        <div className="med break">
          {pipelineText(item)}
          {item.stageName !== null && ` / ${item.stageName}`}
        </div>
        <div className="t2 break">{item.message}</div>
        {item.advice !== null && <div className="t3 break">{item.advice}</div>}
        <div className="acts">
          <a className="link" href={linkOf(item)}>
            Inspect
          </a>
          <button type="button" className="linkbtn" disabled={busy} onClick={onDismiss}>
            Dismiss
          </button>
          <span className="t3">{formatWhen(item.timeMs, now)}</span>
        </div>
      </div>
    </li>
  );
}

export function AttentionRegion(): ReactNode {
  const query = useQuery(attentionQuery);
  const act = useAct();
  const now = useNow(60_000);
  const items = query.data ?? [];
  return (
    <section aria-label="Needs you">
      <div className="head" style={{ marginTop: 8 }}>
        <h2>Needs you</h2>
        {items.length > SHOWN && (
          <span className="note end">
            {SHOWN} of {items.length}
          </span>
        )}
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {query.data === undefined && query.failure === undefined && <SkeletonRows rows={2} />}
      {query.data !== undefined && items.length === 0 && (
        <p className="s12 t3 pad" style={{ paddingTop: 0 }}>
          Nothing. Failed or stopped pipelines and alarms appear here.
        </p>
      )}
      <ul className="s12 attention" style={{ padding: "0 16px 12px" }}>
        {items.slice(0, SHOWN).map((item) => (
          <Item
            key={item.id}
            item={item}
            now={now}
            busy={act.busy}
            onDismiss={() => {
              void act
                .run(() => host.attention.dismiss({ id: item.id }))
                .then(() => query.refresh());
            }}
          />
        ))}
      </ul>
    </section>
  );
}
