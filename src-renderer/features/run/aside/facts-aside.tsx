/** The side of a run: alarms, cost, checkpoints, the locked configuration and where it was computed. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { CostEntry, Unpriced } from "#shared/schema/cost.ts";
import type { Alarm, Checkpoint, Run } from "#shared/schema/run.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import {
  formatBytes,
  formatCost,
  formatDuration,
  formatEnergy,
  formatFlops,
  formatNumber,
  formatUsd,
  plural,
} from "#renderer/ui/format.ts";
import { stageActiveMsAt } from "#renderer/ui/pipelines/pipeline-facts.ts";
import { useNow } from "#renderer/ui/use-now.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import type { Acceptance } from "#shared/schema/acceptance.ts";
import { AcceptanceSection } from "./acceptance-section.tsx";
import { AlarmsSection } from "./alarms-section.tsx";
import { PathText } from "#renderer/ui/text/path-text.tsx";
import { CheckpointsSection } from "./checkpoints-section.tsx";
import { ConfigLines } from "./config-lines.tsx";

function Cost({
  run,
  cost,
  unpriced: { unpricedRequests, unpricedTokens },
}: Pick<FactsAsideProps, "run" | "cost" | "unpriced">): ReactNode {
  const { usage } = run;
  const workedMs = stageActiveMsAt(run, useNow());
  return (
    <section aria-label="Cost so far">
      <div className="head bt">
        <h2>Cost so far</h2>
        {workedMs > 0 && <span className="note end">{formatDuration(workedMs)} of work</span>}
      </div>
      {cost === null || usage === null ? (
        <p className="s12 t3" style={{ padding: "0 16px 10px" }}>
          Written with the first checkpoint.
        </p>
      ) : (
        <div style={{ padding: "0 16px 10px" }}>
          <b className="strong num" style={{ fontSize: 17, lineHeight: "24px" }}>
            {formatUsd(cost.totalUsd)}
          </b>
          <dl className="kv facts">
            <dt>Processor, {formatNumber(usage.cpuSeconds / 3600, 3)} core h</dt>
            <dd>{formatUsd((usage.cpuSeconds / 3600) * cost.prices.usdPerCpuCoreHour)}</dd>
            {usage.gpuSeconds > 0 && (
              <>
                <dt>GPU, {formatNumber(usage.gpuSeconds / 3600, 3)} h</dt>
                <dd>{formatUsd((usage.gpuSeconds / 3600) * cost.prices.usdPerGpuHour)}</dd>
              </>
            )}
            <dt>Electricity</dt>
            <dd>
              {usage.energyJ === null
                ? "not measured"
                : `${formatEnergy(usage.energyJ)}, ${formatUsd(cost.energyUsd)}`}
            </dd>
            <dt>Tokens sampled</dt>
            <dd>{formatNumber(usage.tokensSampled)}</dd>
            <dt>Tokens trained</dt>
            <dd>{formatNumber(usage.tokensTrained)}</dd>
            <dt>FLOPs, estimated</dt>
            <dd>{formatFlops(usage.flops)}</dd>
            <dt>Most memory</dt>
            <dd>{formatBytes(usage.peakMemoryBytes)}</dd>
          </dl>
        </div>
      )}
      {unpricedRequests > 0 && (
        <dl className="kv facts" style={{ padding: "0 16px 10px" }}>
          <dt>Endpoints, {plural(unpricedRequests, "request")}</dt>
          <dd>{formatCost(null, unpricedTokens)}</dd>
        </dl>
      )}
    </section>
  );
}

function Config({ run }: { readonly run: Run }): ReactNode {
  const [copied, setCopied] = useState(false);
  return (
    <section aria-label="Configuration">
      <div className="head bt">
        <h2>Config</h2>
        <span className="tag" title={`Fixed at the start. SHA-256 ${run.configSha256}`}>
          <Glyph name="lock" />
          fixed, <span className="mono">{run.configSha256.slice(0, 7)}</span>
        </span>
        <button
          type="button"
          className="btn small end"
          onClick={() => {
            void navigator.clipboard
              .writeText(JSON.stringify(run.config, null, 2))
              .then(() => setCopied(true));
          }}
        >
          {copied ? "Copied" : "Copy"}
        </button>
      </div>
      <ConfigLines run={run} />
    </section>
  );
}

function Environment({ run }: { readonly run: Run }): ReactNode {
  const { environment } = run;
  return (
    <section aria-label="Environment">
      <div className="head bt">
        <h2>Computed with</h2>
      </div>
      <dl className="kv" style={{ padding: "0 16px 12px" }}>
        <dt>Runtime</dt>
        <dd>
          {environment.runtime === null
            ? "not started yet"
            : `${environment.runtime} ${environment.runtimeVersion ?? ""}`}
        </dd>
        <dt>Device</dt>
        <dd>
          {environment.device === null
            ? "–"
            : `${environment.device}, ${String(environment.threads ?? 0)} threads`}
        </dd>
        <dt>Weights</dt>
        <dd>{environment.parameters === null ? "–" : formatNumber(environment.parameters)}</dd>
        <dt>Processor</dt>
        <dd title={environment.cpuModel}>
          {plural(environment.cpuCores, "core")}, {environment.cpuModel}
        </dd>
        <dt>Memory</dt>
        <dd>{formatBytes(environment.memoryBytes)}</dd>
        <dt>System</dt>
        <dd>
          {environment.os}, {environment.arch}
        </dd>
        <dt>Gradus</dt>
        <dd>
          {environment.appVersion}, Node {environment.node}
        </dd>
      </dl>
      {run.warnings.map((warning) => (
        <p key={warning} className="s12 break" style={{ padding: "0 16px 10px" }}>
          <Glyph name="warn" className="warn" label="warning" /> {warning}
        </p>
      ))}
    </section>
  );
}

function Lineage({ run }: { readonly run: Run }): ReactNode {
  return (
    <section aria-label="Inputs and outputs">
      <div className="head bt">
        <h2>From and to</h2>
      </div>
      <dl className="kv" style={{ padding: "0 16px 12px" }}>
        <dt>Uses</dt>
        <dd>
          {run.parents.length === 0
            ? "no earlier stage"
            : run.parents.map((parent) => (
                <a key={parent} className="link mono" href={hrefTo(["run", parent])} title={parent}>
                  {parent}{" "}
                </a>
              ))}
        </dd>
        <dt>Model written</dt>
        <dd>{run.outputModel === null ? "none yet" : <PathText path={run.outputModel} />}</dd>
        {run.outputDataset !== null && (
          <>
            <dt>Records written</dt>
            <dd title={run.outputDataset}>{formatNumber(run.outputRecords)}</dd>
          </>
        )}
        <dt>Config SHA-256</dt>
        <dd className="mono" title={run.configSha256}>
          {run.configSha256.slice(0, 16)}…
        </dd>
        {run.outputSha256 !== null && (
          <>
            <dt>Output SHA-256</dt>
            <dd className="mono" title={run.outputSha256}>
              {run.outputSha256.slice(0, 16)}…
            </dd>
          </>
        )}
        <dt>Folder</dt>
        <dd>
          <PathText path={run.outDir} />
        </dd>
      </dl>
    </section>
  );
}

export interface FactsAsideProps {
  readonly run: Run;
  readonly alarms: readonly Alarm[];
  readonly checkpoints: readonly Checkpoint[];
  readonly cost: CostEntry | null;
  /** What it asked of endpoints without prices. */
  readonly unpriced: Unpriced;
  /** Of stages that sample solutions to learn from. */
  readonly acceptance: Acceptance | null;
  readonly onStep: (step: number) => void;
}

export function FactsAside(props: FactsAsideProps): ReactNode {
  const { run, alarms, checkpoints, cost, unpriced, acceptance, onStep } = props;
  return (
    <aside className="region scroll" aria-label="Alarms, cost, configuration" tabIndex={0}>
      <AlarmsSection alarms={alarms} checkpoints={checkpoints} onStep={onStep} />
      {acceptance !== null && acceptance.sampled > 0 && (
        <AcceptanceSection acceptance={acceptance} />
      )}
      <Cost run={run} cost={cost} unpriced={unpriced} />
      <CheckpointsSection run={run} checkpoints={checkpoints} />
      <Config run={run} />
      <Environment run={run} />
      <Lineage run={run} />
    </aside>
  );
}
