/** Starting the demo, and what a recorded demo on this workspace took and reached. Nothing recorded, nothing shown. */
import { useId } from "react";
import type { ReactNode } from "react";
import type { DemoRecord } from "#shared/schema/system.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { infoQuery, modelsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { ConfirmDialog } from "#renderer/ui/confirm-dialog.tsx";
import { formatDuration, formatUsd } from "#renderer/ui/format.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { DemoRecipe } from "./demo-recipe.tsx";
import { useDemo } from "./use-demo.ts";
import type { Demo } from "./use-demo.ts";
import { WhatToExpect } from "./what-to-expect.tsx";

export function DemoRegion(): ReactNode {
  const demo = useDemo();
  const record = useQuery(infoQuery).data?.demo ?? null;
  return (
    <div className="hero">
      <div>
        <h1>Run the demo</h1>
        <p className="t2" style={{ margin: "6px 0 12px" }}>
          The whole R1 method on a small model that comes with Gradus: measure the base, imitate
          worked examples, reinforce with GRPO, keep the best samples, teach a fresh student. Each
          step is measured on held-out problems.
        </p>
        <DemoFacts demo={demo} record={record} />
        <DemoButtons demo={demo} />
        {demo.failure !== undefined && !demo.asking && <FailureNotice failure={demo.failure} />}
      </div>
      {record !== null && <WhatToExpect record={record} />}
      <DemoQuestion demo={demo} record={record} />
    </div>
  );
}

/** The model it starts from, and what the last one took here. */
function DemoFacts({
  demo,
  record,
}: {
  readonly demo: Demo;
  readonly record: DemoRecord | null;
}): ReactNode {
  const modelId = useId();
  const models = useQuery(modelsQuery).data ?? [];
  return (
    <dl className="kv left demofacts">
      <dt>
        <label htmlFor={modelId}>Model</label>
      </dt>
      <dd>
        <select
          id={modelId}
          className="input mono"
          value={demo.model}
          disabled={demo.running !== undefined}
          onChange={(event) => demo.setModel(event.currentTarget.value)}
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
  );
}

function DemoButtons({ demo }: { readonly demo: Demo }): ReactNode {
  const { running, busy } = demo;
  return (
    <div className="flex">
      {running === undefined ? (
        <button
          data-tour-end
          type="button"
          className="btn primary"
          disabled={busy}
          onClick={demo.ask}
        >
          Run the demo… <kbd aria-hidden="true">D</kbd>
        </button>
      ) : (
        <a className="btn primary" href={hrefTo(["pipeline", running.id])}>
          {running.origin === "demo" ? "Watch the demo" : "Watch the short check"}
        </a>
      )}
      <button
        type="button"
        className="btn quiet"
        disabled={busy || running !== undefined}
        onClick={demo.startShortCheck}
        title="Every stage with few steps: proves that everything works, not how well"
      >
        Short check
      </button>
      <DemoRecipe />
    </div>
  );
}

/** Long work asks once, whatever started it. */
function DemoQuestion({
  demo,
  record,
}: {
  readonly demo: Demo;
  readonly record: DemoRecord | null;
}): ReactNode {
  return (
    <ConfirmDialog
      opened={demo.asking}
      title="Run the demo?"
      keep="Not now"
      busy={demo.busy}
      failure={demo.failure}
      onClose={demo.dismiss}
      acts={[{ label: "Run the demo", danger: false, run: demo.start }]}
    >
      <p>
        {record === null
          ? "Nothing has been measured on this machine yet: it may take minutes to an hour."
          : `It took ${formatDuration(record.activeMs)} and ${formatUsd(record.costUsd)} last time.`}{" "}
        It computes on all cores meanwhile, and can be paused or stopped at any time.
      </p>
    </ConfirmDialog>
  );
}
