/** Sweeps: pipelines that belong together, each with the options that are its own and its last score. */
import type { ReactNode } from "react";
import type { z } from "zod";
import type { Sweep } from "#shared/schema/recipe-draft.ts";
import type { PipelineSummary } from "#shared/schema/run.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useLivePipelines } from "#renderer/bridge/live-store.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatWhen, plural } from "#renderer/ui/format.ts";
import { lastScored } from "#renderer/ui/pipelines/pipeline-facts.ts";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { StatusWord } from "#renderer/ui/pipelines/run-status.tsx";
import { Score, Trials } from "#renderer/ui/score.tsx";
import { useNow } from "#renderer/ui/use-now.ts";

const LIMIT = 1000;
const NONE: readonly PipelineSummary[] = [];

export function SweepsView({ choice }: { readonly choice: ReactNode }): ReactNode {
  const query = useQuery({
    key: "pipelines.sweeps",
    topics: ["queue", "pipelines"],
    fetch: async (signal) => {
      const [sweeps, { pipelines }] = await Promise.all([
        host.pipelines.sweeps(undefined, { signal }),
        host.pipelines.list({ limit: LIMIT }, { signal }),
      ]);
      return { sweeps, pipelines: pipelines.filter(({ sweep }) => sweep !== undefined) };
    },
  });
  const pipelines = useLivePipelines(query.data?.pipelines ?? NONE);
  const now = useNow(30_000);
  const sweeps = query.data?.sweeps ?? [];
  return (
    <>
      <div className="screenhead">
        <h1>Sweeps</h1>
        <span className="s12 t3">{plural(sweeps.length, "sweep")}</span>
        <span className="end">{choice}</span>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {query.data !== undefined && sweeps.length === 0 && (
        <Empty>
          No sweeps yet. A recipe&apos;s last step, Review and start, varies seeds and options.
        </Empty>
      )}
      <div className="scroll grow" tabIndex={0} role="region" aria-label="All sweeps">
        {sweeps.map((sweep) => (
          <SweepTable key={sweep.id} sweep={sweep} pipelines={pipelines} now={now} />
        ))}
      </div>
    </>
  );
}

function SweepTable({
  sweep,
  pipelines,
  now,
}: {
  readonly sweep: Sweep;
  readonly pipelines: readonly PipelineSummary[];
  readonly now: number;
}): ReactNode {
  const done = sweep.members.filter(
    ({ pipelineId }) => pipelines.find(({ id }) => id === pipelineId)?.status === "finished",
  ).length;
  return (
    <section aria-label={`Sweep ${sweep.id}`}>
      <div className="head bt">
        <h2>{sweep.name}</h2>
        <span className="note">
          {sweep.id}, {done} of {plural(sweep.members.length, "pipeline", "pipelines")} finished
        </span>
        <span className="note end">{formatWhen(sweep.createdAtMs, now)}</span>
      </div>
      <table>
        <thead>
          <tr>
            <th>Pipeline</th>
            {sweep.axes.map(({ key }) => (
              <th key={key} className="num mono" title={key}>
                {key.split(".").at(-1)}
              </th>
            ))}
            <th>Status</th>
            <th className="num">Last pass@1 %, 95% interval</th>
            <th className="num">n · k</th>
          </tr>
        </thead>
        <tbody>
          {sweep.members.map(({ pipelineId, values }) => {
            const pipeline = pipelines.find(({ id }) => id === pipelineId);
            const score = pipeline === undefined ? undefined : lastScored(pipeline)?.score;
            return (
              <tr key={pipelineId}>
                <td>
                  <a className="link" href={hrefTo(["pipeline", pipelineId])}>
                    {pipelineId}
                  </a>
                </td>
                {sweep.axes.map(({ key }) => (
                  <td key={key} className="num mono">
                    {shown(values[key])}
                  </td>
                ))}
                <td>{pipeline !== undefined && <StatusWord status={pipeline.status} />}</td>
                <td className="num">
                  {score === undefined || score === null ? (
                    <span className="t3">–</span>
                  ) : (
                    <Score estimate={score} />
                  )}
                </td>
                <td className="num t3">
                  {score !== undefined && score !== null && <Trials n={score.n} k={score.k} />}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function shown(value: z.infer<ReturnType<typeof z.json>> | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
