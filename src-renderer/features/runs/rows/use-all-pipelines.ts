/** Every pipeline of the workspace: the newest at once, the others as soon as they are read. */
import { host } from "#renderer/bridge/host.ts";
import { useLivePipelines } from "#renderer/bridge/live-store.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { PipelineSummary } from "#shared/schema/run.ts";
import type { Failure } from "#renderer/bridge/failure.ts";

const FIRST = 200;
const PAGE = 1000;

export interface AllPipelines {
  readonly pipelines: readonly PipelineSummary[];
  readonly total: number;
  readonly loaded: boolean;
  readonly failure: Failure | undefined;
  readonly refresh: () => void;
}

const NONE: readonly PipelineSummary[] = [];

/** A pipeline that comes between two pages moves the others by one: each is taken once. */
async function readAll(signal: AbortSignal): Promise<readonly PipelineSummary[]> {
  const byId = new Map<string, PipelineSummary>();
  for (let offset = 0; ; offset += PAGE) {
    const page = await host.pipelines.list({ offset, limit: PAGE }, { signal });
    for (const pipeline of page.pipelines) byId.set(pipeline.id, pipeline);
    if (offset + PAGE >= page.total) return [...byId.values()];
  }
}

export function useAllPipelines(): AllPipelines {
  const first = useQuery({
    key: "pipelines.first",
    topics: ["pipelines"],
    fetch: (signal) => host.pipelines.list({ limit: FIRST }, { signal }),
  });
  const total = first.data?.total ?? 0;
  const rest = useQuery(
    total > FIRST ? { key: "pipelines.all", topics: ["pipelines"], fetch: readAll } : undefined,
  );
  const fetched = (total > FIRST ? rest.data : undefined) ?? first.data?.pipelines ?? NONE;
  return {
    pipelines: useLivePipelines(fetched),
    total,
    loaded: first.data !== undefined,
    failure: first.failure ?? rest.failure,
    refresh: first.refresh,
  };
}
