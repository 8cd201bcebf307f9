/** What is at work and what waits, in the order of its turn: to be moved, held and taken out. */
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { PipelineId, PipelineSummary } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useLivePipelines } from "#renderer/bridge/live-store.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { StatusWord } from "#renderer/ui/launches/run-status.tsx";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";

const NONE: readonly PipelineSummary[] = [];

interface QueueRow {
  readonly pipeline: PipelineSummary;
  /** From 1; 0 for what is at work. */
  readonly place: number;
  readonly held: boolean;
}

const COLUMNS: readonly GridColumn<QueueRow>[] = [
  {
    id: "place",
    header: "Turn",
    track: "64px",
    numeric: true,
    cell: ({ place }) => (place === 0 ? "now" : place),
  },
  {
    id: "name",
    header: "Launch",
    track: "minmax(180px, 1fr)",
    cell: ({ pipeline }) => (
      <>
        <span className="med">{pipeline.name}</span> <span className="t3">{pipeline.id}</span>
      </>
    ),
  },
  {
    id: "seed",
    header: "Seed",
    track: "72px",
    numeric: true,
    cell: ({ pipeline }) => pipeline.seed,
  },
  {
    id: "stages",
    header: "Stages",
    track: "96px",
    numeric: true,
    cell: ({ pipeline }) => pipeline.runs.length,
  },
  {
    id: "state",
    header: "State",
    track: "128px",
    cell: ({ pipeline, held }) =>
      held ? (
        <span className="warn">
          <Glyph name="pause" /> held
        </span>
      ) : (
        <StatusWord status={pipeline.status} />
      ),
  },
];

export function QueueView({ choice }: { readonly choice: ReactNode }): ReactNode {
  const query = useQuery({
    key: "pipelines.queue",
    topics: ["queue", "pipelines"],
    fetch: async (signal) => {
      const [queue, active] = await Promise.all([
        host.pipelines.queue(undefined, { signal }),
        host.pipelines.list({ status: ["running", "stopping", "queued"], limit: 1000 }, { signal }),
      ]);
      return { queue, active: active.pipelines };
    },
  });
  const pipelines = useLivePipelines(query.data?.active ?? NONE);
  const [chosenId, setChosenId] = useState<PipelineId | undefined>(undefined);
  const act = useAct();
  const { run } = act;
  const rows = useMemo((): readonly QueueRow[] => {
    const queue = query.data?.queue ?? [];
    const waiting = queue.flatMap(({ pipelineId, held }, at) => {
      const pipeline = pipelines.find(({ id }) => id === pipelineId);
      return pipeline === undefined ? [] : [{ pipeline, place: at + 1, held }];
    });
    const working = pipelines
      .filter(({ status }) => status === "running" || status === "stopping")
      .map((pipeline) => ({ pipeline, place: 0, held: false }));
    return [...working, ...waiting];
  }, [query.data, pipelines]);
  const at = Math.max(
    0,
    rows.findIndex(({ pipeline }) => pipeline.id === chosenId),
  );
  const row = rows[at];
  const waits = row !== undefined && row.place > 0;
  const acts = useMemo(() => {
    const pipelineId = row?.pipeline.id;
    const move = (to: "up" | "down" | "first" | "last") => () => {
      if (pipelineId !== undefined) {
        setChosenId(pipelineId);
        void run(() => host.pipelines.move({ pipelineId, to }));
      }
    };
    return {
      up: move("up"),
      down: move("down"),
      first: move("first"),
      hold: () => {
        if (pipelineId !== undefined) {
          setChosenId(pipelineId);
          void run(() => host.pipelines.hold({ pipelineId, held: row?.held !== true }));
        }
      },
      takeOut: () => {
        if (pipelineId !== undefined)
          void run(() => host.pipelines.stop({ pipelineId, mode: "keep" }));
      },
      open: () => {
        if (pipelineId !== undefined) navigate(hrefTo(["pipeline", pipelineId]));
      },
      choose: (by: number) =>
        setChosenId(rows[Math.min(rows.length - 1, Math.max(0, at + by))]?.pipeline.id),
    };
  }, [row, run, rows, at]);
  useCommands(
    useMemo(() => {
      const group = "This screen" as const;
      const notNow = waits ? undefined : "it does not wait";
      return [
        { id: "queue.next", title: "Next launch", group, keys: "J", run: () => acts.choose(1) },
        {
          id: "queue.previous",
          title: "Previous launch",
          group,
          keys: "K",
          run: () => acts.choose(-1),
        },
        { id: "queue.open", title: "Open the launch", group, keys: "Enter", run: acts.open },
        {
          id: "queue.up",
          title: "Move up the queue",
          group,
          keys: "Alt+ArrowUp",
          notNow,
          run: acts.up,
        },
        {
          id: "queue.down",
          title: "Move down the queue",
          group,
          keys: "Alt+ArrowDown",
          notNow,
          run: acts.down,
        },
        { id: "queue.first", title: "Make it the next", group, keys: "F", notNow, run: acts.first },
        { id: "queue.hold", title: "Hold, or let go", group, keys: "H", notNow, run: acts.hold },
        {
          id: "queue.out",
          title: "Take out of the queue",
          group,
          keys: "Delete",
          notNow,
          run: acts.takeOut,
        },
      ];
    }, [acts, waits]),
  );
  return (
    <>
      <div className="screenhead">
        <h1>Queue</h1>
        <span className="s12 t3 nowrap">
          {plural(rows.filter(({ place }) => place > 0).length, "launch", "launches")} waiting
        </span>
        <span className="end flex">
          {choice}
          <button type="button" className="btn" disabled={!waits} onClick={acts.up}>
            Up <KeyCaps keys="Alt+ArrowUp" />
          </button>
          <button type="button" className="btn" disabled={!waits} onClick={acts.down}>
            Down <KeyCaps keys="Alt+ArrowDown" />
          </button>
          <button type="button" className="btn" disabled={!waits} onClick={acts.hold}>
            {row?.held === true ? "Let go" : "Hold"} <KeyCaps keys="H" />
          </button>
          <button type="button" className="btn" disabled={!waits} onClick={acts.takeOut}>
            Take out
          </button>
        </span>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {query.data !== undefined && rows.length === 0 && (
        <Empty
          action={
            <a className="btn" href={hrefTo(["recipes"])}>
              Go to the recipes
            </a>
          }
        >
          Nothing is at work and nothing waits. Launches come one after the other; what is started
          meanwhile waits here.
        </Empty>
      )}
      {rows.length > 0 && (
        <VirtualGrid
          label="Queue"
          columns={COLUMNS}
          rows={rows}
          rowKey={({ pipeline }) => pipeline.id}
          chosen={at}
          onChoose={(index) => setChosenId(rows[index]?.pipeline.id)}
          onOpen={acts.open}
        />
      )}
    </>
  );
}
