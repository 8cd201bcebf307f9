/** The machine and the engine's runtime, as the host measures them. The doctor's checks open in place. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DoctorCheck, SystemInfo } from "#shared/schema/system.ts";
import { host } from "#renderer/bridge/host.ts";
import { infoQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatBytes, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { PathText } from "#renderer/ui/text/path-text.tsx";

function Amount({
  label,
  text,
  share,
}: {
  readonly label: string;
  readonly text: string;
  readonly share: number;
}): ReactNode {
  return (
    <div style={{ marginBottom: 10 }}>
      <div className="flex s12">
        <span className="t2">{label}</span>
        <span className="end num">{text}</span>
      </div>
      <div className="meter" style={{ marginTop: 4 }} aria-hidden="true">
        <i style={{ width: `${String(Math.round(share * 100))}%` }} />
      </div>
    </div>
  );
}

function Machine({ info }: { readonly info: SystemInfo }): ReactNode {
  const { hardware, disk } = info;
  const used = hardware.memoryBytes - hardware.freeMemoryBytes;
  return (
    <>
      <div className="head bt">
        <h2>Machine</h2>
        <span className="note end ell" title={hardware.cpuModel}>
          {hardware.os}, {hardware.arch}
        </span>
      </div>
      <div style={{ padding: "2px 16px 8px" }}>
        <dl className="kv" style={{ marginBottom: 8 }}>
          <dt>Processor</dt>
          <dd title={hardware.cpuModel}>
            {plural(hardware.cpuCores, "core")}, {hardware.cpuModel}
          </dd>
          <dt>GPU</dt>
          <dd title={hardware.gpus.join(", ")}>
            {hardware.gpus.length === 0 ? "none found" : hardware.gpus.join(", ")}
          </dd>
        </dl>
        <Amount
          label="Memory"
          text={`${formatBytes(used)} of ${formatBytes(hardware.memoryBytes)}`}
          share={used / hardware.memoryBytes}
        />
        <Amount
          label="Disk, workspace"
          text={`${formatBytes(disk.freeBytes)} free of ${formatBytes(disk.totalBytes)}`}
          share={1 - disk.freeBytes / disk.totalBytes}
        />
      </div>
    </>
  );
}

function RuntimeTag({ state }: { readonly state: SystemInfo["runtime"]["state"] }): ReactNode {
  if (state === "ready")
    return (
      <span className="tag pass">
        <Glyph name="check" />
        Ready
      </span>
    );
  return (
    <span className={state === "fallback" ? "tag warn" : "tag fail"}>
      <Glyph name={state === "fallback" ? "warn" : "cross"} />
      {state === "fallback" ? "Slower" : "Missing"}
    </span>
  );
}

const MARKS = {
  ok: { glyph: "check", tone: "pass" },
  warning: { glyph: "warn", tone: "warn" },
  error: { glyph: "cross", tone: "fail" },
} as const;

function Checks({ checks }: { readonly checks: readonly DoctorCheck[] }): ReactNode {
  return (
    <ul className="s12 attention" style={{ padding: "0 16px 12px" }} aria-label="Checks">
      {checks.map((check) => (
        <li key={check.id}>
          <Glyph
            name={MARKS[check.status].glyph}
            className={MARKS[check.status].tone}
            label={check.status}
          />
          <div className="grow break">
            <span className="med">{check.title}</span> <span className="t2">{check.detail}</span>
            {check.advice !== null && <div className="t3">{check.advice}</div>}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Runtime({ info }: { readonly info: SystemInfo }): ReactNode {
  const [checks, setChecks] = useState<readonly DoctorCheck[] | undefined>(undefined);
  const act = useAct();
  const { runtime } = info;
  return (
    <>
      <div className="head bt">
        <h2>Runtime</h2>
        <RuntimeTag state={runtime.state} />
        <button
          type="button"
          className="btn small end"
          disabled={act.busy}
          onClick={() => void act.run(async () => setChecks((await host.system.doctor()).checks))}
        >
          {act.busy ? "Checking" : "Run doctor"}
        </button>
      </div>
      <dl className="kv pad" style={{ paddingTop: 0 }}>
        <dt>Library</dt>
        <dd>
          {runtime.name} {runtime.version}
        </dd>
        <dt>Found in</dt>
        <dd>{runtime.path === null ? "–" : <PathText path={runtime.path} />}</dd>
        <dt>Gradus</dt>
        <dd>
          {info.appVersion}, Node {info.nodeVersion}
        </dd>
        <dt>Workspace</dt>
        <dd title={info.workspace.path}>{info.workspace.path}</dd>
        <dt>Database</dt>
        <dd>{formatBytes(info.workspace.databaseBytes)}</dd>
      </dl>
      {(runtime.state !== "ready" || runtime.advice !== null) && (
        <p className="s12 t2 break" style={{ padding: "0 16px 12px" }}>
          {runtime.detail} {runtime.advice}
        </p>
      )}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {checks !== undefined && <Checks checks={checks} />}
    </>
  );
}

export function MachineRegion(): ReactNode {
  const query = useQuery(infoQuery, { everyMs: 15_000 });
  return (
    <section aria-label="Machine and runtime">
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined && query.failure === undefined && <SkeletonRows />}
      {query.data !== undefined && <Machine info={query.data} />}
      {query.data !== undefined && <Runtime info={query.data} />}
    </section>
  );
}
