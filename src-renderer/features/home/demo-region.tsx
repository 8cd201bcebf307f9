/** Starting the demo, and what a recorded demo on this workspace took and reached. Nothing recorded, nothing shown. */
import { useCallback, useId, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { DemoRecord } from "#shared/schema/system.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useLivePipelines } from "#renderer/bridge/live-store.ts";
import {
  infoQuery,
  modelsQuery,
  recipesQuery,
  recentPipelinesQuery,
  resultsQuery,
} from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { IntervalBars } from "#renderer/charts/intervals/interval-bars.tsx";
import { ConfirmDialog } from "#renderer/ui/confirm-dialog.tsx";
import { Dialog } from "#renderer/ui/dialog.tsx";
import { formatDuration, formatUsd } from "#renderer/ui/format.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { isActive } from "#renderer/ui/launches/pipeline-facts.ts";

/** Bars of a recorded demo, stage by stage, with the run they come from. */
function WhatToExpect({ record }: { readonly record: DemoRecord }): ReactNode {
  const results = useQuery(resultsQuery(record.pipelineId)).data;
  const first = results?.rows[0]?.summary;
  if (results === undefined || first === undefined) return null;
  return (
    <div className="expect">
      <IntervalBars
        title="What to expect"
        caption={`recorded here: pass@1 in %, 95% interval, n ${String(first.n)}, k ${String(first.k)}`}
        seriesLabels={["pass@1"]}
        groups={results.rows.map((row) => ({ label: row.label, estimates: [row.summary.pass1] }))}
        height={168}
      />
    </div>
  );
}

/** The recipe that the demo runs, as it ships. */
function RecipeText(): ReactNode {
  const query = useQuery(recipesQuery);
  if (query.failure !== undefined)
    return <FailureNotice failure={query.failure} onRetry={query.refresh} />;
  const recipe = query.data?.find((one) => one.id === "demo");
  return (
    <div className="scroll recipedialog" tabIndex={0} role="group" aria-label="Recipe">
      <pre className="out">{recipe?.yaml}</pre>
    </div>
  );
}

export function DemoRegion(): ReactNode {
  const modelId = useId();
  const info = useQuery(infoQuery);
  const list = useQuery(recentPipelinesQuery);
  const live = useLivePipelines(list.data?.pipelines ?? []);
  const running = live.find(
    (pipeline) => pipeline.origin !== "recipe" && isActive(pipeline.status),
  );
  const { busy, failure, run: call } = useAct();
  const models = useQuery(modelsQuery).data ?? [];
  const [model, setModel] = useState("");
  const [reading, setReading] = useState(false);
  const [asking, setAsking] = useState(false);
  const start = useCallback(
    (smoke: boolean) =>
      void call(async () => {
        const { pipelineId } = await host.demo.start({ smoke, ...(model === "" ? {} : { model }) });
        navigate(hrefTo(["pipeline", pipelineId]));
      }),
    [call, model],
  );
  const commands = useMemo((): readonly Command[] => {
    const notNow = running === undefined ? undefined : "a demo is at work";
    return [
      {
        id: "demo.start",
        title: "Run the demo…",
        note: "base, cold start, GRPO, rejection sampling, student",
        group: "Do",
        keys: "D",
        notNow,
        run: () => setAsking(true),
      },
      {
        id: "demo.smoke",
        title: "Run the short check",
        note: "every stage with few steps; proves the wiring",
        group: "Do",
        notNow,
        run: () => start(true),
      },
    ];
  }, [running, start]);
  useCommands(commands);
  const record = info.data?.demo ?? null;
  return (
    <div className="hero">
      <div>
        <h1>Run the demo</h1>
        <p className="t2" style={{ margin: "6px 0 12px" }}>
          The whole R1 method on a small model that comes with Gradus: measure the base, imitate
          worked examples, reinforce with GRPO, keep the best samples, teach a fresh student. Each
          step is measured on held-out problems.
        </p>
        <dl className="kv left demofacts">
          <dt>
            <label htmlFor={modelId}>Model</label>
          </dt>
          <dd>
            <select
              id={modelId}
              className="input mono"
              value={model}
              disabled={running !== undefined}
              onChange={(event) => setModel(event.currentTarget.value)}
            >
              <option value="">gradus-base, built in</option>
              {models
                .filter((one) => one.origin !== "built-in")
                .map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
            </select>
          </dd>
          <dt>On this machine</dt>
          <dd>
            {record === null
              ? "no estimate yet"
              : `${formatDuration(record.activeMs)}, ${formatUsd(record.costUsd)} last time`}
          </dd>
        </dl>
        <div className="flex">
          {running === undefined ? (
            <button
              data-tour-end
              type="button"
              className="btn primary"
              disabled={busy}
              onClick={() => start(false)}
            >
              Run the demo <kbd aria-hidden="true">D</kbd>
            </button>
          ) : (
            <a className="btn primary" href={hrefTo(["pipeline", running.id])}>
              Watch the demo
            </a>
          )}
          <button
            type="button"
            className="btn quiet"
            disabled={busy || running !== undefined}
            onClick={() => start(true)}
            title="Every stage with few steps: proves that everything works, not how well"
          >
            Short check
          </button>
          <button type="button" className="btn quiet" onClick={() => setReading(true)}>
            See the recipe
          </button>
        </div>
        {failure !== undefined && !asking && <FailureNotice failure={failure} />}
      </div>
      {record !== null && <WhatToExpect record={record} />}
      <ConfirmDialog
        opened={asking}
        title="Run the demo?"
        keep="Not now"
        busy={busy}
        failure={failure}
        onClose={() => setAsking(false)}
        acts={[{ label: "Run the demo", danger: false, run: () => start(false) }]}
      >
        <p>
          {record === null
            ? "Nothing has been measured on this machine yet: it may take minutes to an hour."
            : `It took ${formatDuration(record.activeMs)} and ${formatUsd(record.costUsd)} last time.`}{" "}
          It computes on all cores meanwhile, and can be paused or stopped at any time.
        </p>
      </ConfirmDialog>
      <Dialog
        opened={reading}
        label="The demo's recipe"
        headed
        closable
        size={720}
        onClose={() => setReading(false)}
      >
        <RecipeText />
      </Dialog>
    </div>
  );
}
