/** The queue as it is now, the chosen pipeline, and what is done to it. */
import { useMemo, useState } from "react";
import type { PipelineId, PipelineSummary } from "#shared/schema/run.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import type { Failure } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import { useLivePipelines } from "#renderer/bridge/live-store.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { QueueRow } from "./queue-columns.tsx";

const NONE: readonly PipelineSummary[] = [];

export interface QueueActs {
  readonly up: () => void;
  readonly down: () => void;
  readonly first: () => void;
  /** Holds it, or lets it go. */
  readonly hold: () => void;
  readonly takeOut: () => void;
  readonly open: () => void;
  readonly choose: (index: number) => void;
}

export interface Queue {
  readonly read: boolean;
  /** Of reading it. */
  readonly failure: Failure | undefined;
  readonly refresh: () => void;
  /** Of what was done last. */
  readonly actFailure: Failure | undefined;
  /** What is at work, then what waits in its order. */
  readonly rows: readonly QueueRow[];
  readonly at: number;
  readonly row: QueueRow | undefined;
  /** Whether the chosen pipeline waits, so that its place can change. */
  readonly waits: boolean;
  readonly acts: QueueActs;
}

export function useQueue(): Queue {
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
  const [chosenId, setChosenId] = useState<PipelineId | undefined>(undefined);
  const at = Math.max(
    0,
    rows.findIndex(({ pipeline }) => pipeline.id === chosenId),
  );
  const row = rows[at];
  const { run, failure: actFailure } = useAct();
  const acts = useMemo((): QueueActs => {
    const withChosen = (act: (pipelineId: PipelineId) => void) => () => {
      if (row !== undefined) act(row.pipeline.id);
    };
    const move = (to: "up" | "down" | "first") =>
      withChosen((pipelineId) => {
        // It stays the chosen one where it goes.
        setChosenId(pipelineId);
        void run(() => host.pipelines.move({ pipelineId, to }));
      });
    return {
      up: move("up"),
      down: move("down"),
      first: move("first"),
      hold: withChosen((pipelineId) => {
        setChosenId(pipelineId);
        void run(() => host.pipelines.hold({ pipelineId, held: row?.held !== true }));
      }),
      takeOut: withChosen(
        (pipelineId) => void run(() => host.pipelines.stop({ pipelineId, mode: "keep" })),
      ),
      open: withChosen((pipelineId) => navigate(hrefTo(["pipeline", pipelineId]))),
      choose: (index) => setChosenId(rows[index]?.pipeline.id),
    };
  }, [row, run, rows]);
  return {
    read: query.data !== undefined,
    failure: query.failure,
    refresh: query.refresh,
    actFailure,
    rows,
    at,
    row,
    waits: row !== undefined && row.place > 0,
    acts,
  };
}
