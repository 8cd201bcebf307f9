/** The end of what a run's engine printed, followed as it grows, searched and shown inert. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { RunId } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { logLines } from "./log-lines.ts";

const LINE_PX = 16;
const MAX_BYTES = 1_000_000;

function Lines({
  lines,
  follow,
}: {
  readonly lines: readonly string[];
  readonly follow: boolean;
}): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  });
  useEffect(() => {
    if (follow && lines.length > 0) virtualizer.scrollToIndex(lines.length - 1, { align: "end" });
  }, [follow, lines, virtualizer]);
  return (
    <div ref={box} className="scroll grow logbox" tabIndex={0} role="group" aria-label="Log">
      <div style={{ height: virtualizer.getTotalSize(), position: "relative" }}>
        {virtualizer.getVirtualItems().map((item) => (
          <div
            key={item.key}
            className="logline"
            dir="ltr"
            style={{ transform: `translateY(${String(item.start)}px)` }}
          >
            {lines[item.index]}
          </div>
        ))}
      </div>
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
  const [find, setFind] = useFilter("find");
  const [follow, setFollow] = useState(true);
  const search = useRef<HTMLInputElement>(null);
  const query = useQuery(
    {
      key: `log:${runId}`,
      topics: [`log:${runId}`],
      fetch: (signal) => host.runs.log({ runId, maxBytes: MAX_BYTES }, { signal }),
    },
    { everyMs: live ? 3000 : undefined },
  );
  const text = query.data?.text;
  const lines = useMemo(() => logLines(text ?? "", find), [text, find]);
  useCommands(
    useMemo(
      () => [
        {
          id: "run.log-search",
          title: "Search the log",
          group: "This screen" as const,
          keys: "/",
          run: () => search.current?.focus(),
        },
      ],
      [],
    ),
  );
  return (
    <div className="logpanel bt">
      <div className="groups searchline">
        <label className="input filter grow">
          <span className="visually-hidden">Lines with</span>
          <input
            ref={search}
            value={find}
            placeholder="Lines with"
            spellCheck={false}
            onChange={(event) => setFind(event.currentTarget.value)}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          />
          <KeyCaps keys="/" />
        </label>
        <button
          type="button"
          className="btn small"
          aria-pressed={follow}
          onClick={() => setFollow(!follow)}
        >
          Follow the end
        </button>
        <span className="t3 nowrap" role="status">
          {plural(lines.length, "line")}
          {query.data?.truncated === true && ", earlier ones are in the run's folder"}
        </span>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {text === "" && <Empty>The engine printed nothing.</Empty>}
      {text !== undefined && text !== "" && lines.length === 0 && (
        <Empty>No line holds “{find}”.</Empty>
      )}
      {lines.length > 0 && <Lines lines={lines} follow={follow} />}
    </div>
  );
}
