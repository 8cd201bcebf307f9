/** What the host knows about itself and its machine, and whether all of it is in order. */
import { counted } from "#shared/counted.ts";
import { existsSync, readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { AttentionItem, DemoRecord, DoctorCheck, SystemInfo } from "#shared/schema/system.ts";
import type { GymFacts } from "../gym/gym-environment.ts";
import type { GymService } from "../gym/gym-service.ts";
import type { RuntimeProbe } from "#main/processes/engine/runtime-state.ts";
import { webgpuState } from "#main/processes/engine/webgpu-state.ts";
import { appVersion, diskSpace, machineFacts } from "#main/platform/machine.ts";
import type { Store } from "#main/store/store.ts";
import { isOpenToOthers } from "#main/store/own-files.ts";
import type { WorkspacePaths } from "#main/store/workspace.ts";
import { defaultBaseline, isComparable } from "../comparison/protocol.ts";

const GIB = 2 ** 30;
const LOW_DISK_BYTES = 2 * GIB;
const LOW_MEMORY_BYTES = 3 * GIB;

export interface SystemFactsDeps {
  readonly store: Store;
  readonly paths: WorkspacePaths;
  readonly shell: SystemInfo["shell"];
  readonly startedAtMs: number;
  readonly runtime: RuntimeProbe;
  readonly gym: GymService;
}

/** @param anew look for the runtime again, even if that was done a moment ago. */
export async function systemInfo(deps: SystemFactsDeps, anew = false): Promise<SystemInfo> {
  const { node, ...hardware } = machineFacts();
  return {
    appVersion: appVersion(),
    nodeVersion: node,
    shell: deps.shell,
    startedAtMs: deps.startedAtMs,
    hardware: { ...hardware, gpus: [...hardware.gpus] },
    disk: diskSpace(deps.paths.root),
    workspace: {
      path: deps.paths.root,
      databaseBytes: databaseBytes(deps.paths.database),
      schemaVersion: deps.store.schemaVersion,
    },
    runtime: await deps.runtime.state(deps.store.settings.get().runtime, anew),
    demo: lastDemo(deps.store),
  };
}

/** The newest demo that ran to its end here. */
function lastDemo(store: Store): DemoRecord | null {
  const pipeline = store.pipelines.newestFinished("demo");
  if (pipeline === undefined) return null;
  const records = store.evaluations.ofPipeline(pipeline.id);
  const baseline = defaultBaseline(records);
  const rows = records
    .filter((record) => baseline !== undefined && isComparable(record, baseline))
    .map(({ label, summary }) => ({
      label,
      score: { ...summary.pass1, n: summary.n, k: summary.k },
    }));
  return {
    pipelineId: pipeline.id,
    activeMs: pipeline.activeMs,
    costUsd: pipeline.costUsd,
    first: rows[0] ?? null,
    last: rows.at(-1) ?? null,
  };
}

export async function doctor(
  deps: SystemFactsDeps,
): Promise<{ ok: boolean; checks: DoctorCheck[] }> {
  const info = await systemInfo(deps, true);
  const { runtime, disk, hardware, workspace } = info;
  const browser = findBrowser();
  const webgpu = runtime.choice === "webgpu" ? runtime : await webgpuState();
  const checks: DoctorCheck[] = [
    {
      id: "runtime",
      title: "Engine",
      status: runtime.state === "ready" ? "ok" : runtime.state === "fallback" ? "warning" : "error",
      detail: `${runtime.name}${runtime.version === null ? "" : ` ${runtime.version}`}. ${runtime.detail}`,
      advice: runtime.advice,
    },
    {
      id: "workspace",
      title: "Workspace",
      status: isOpenToOthers(workspace.path) ? "warning" : "ok",
      detail: `${workspace.path}, schema ${workspace.schemaVersion}, database ${megabytes(workspace.databaseBytes)}.`,
      advice: isOpenToOthers(workspace.path)
        ? "Other users of this machine can read it, and its mode could not be changed: move it to a folder of your own, on a disk that keeps modes."
        : null,
    },
    {
      id: "disk",
      title: "Disk",
      status: disk.freeBytes < LOW_DISK_BYTES ? "warning" : "ok",
      detail: `${(disk.freeBytes / GIB).toFixed(1)} GiB free of ${(disk.totalBytes / GIB).toFixed(1)} GiB.`,
      advice:
        disk.freeBytes < LOW_DISK_BYTES
          ? "Checkpoints and completions may not fit: free some space or move the workspace."
          : null,
    },
    {
      id: "memory",
      title: "Memory",
      status: hardware.freeMemoryBytes < LOW_MEMORY_BYTES ? "warning" : "ok",
      detail: `${(hardware.freeMemoryBytes / GIB).toFixed(1)} GiB free of ${(hardware.memoryBytes / GIB).toFixed(1)} GiB.`,
      advice:
        hardware.freeMemoryBytes < LOW_MEMORY_BYTES
          ? "Close what you do not need, or the system may end the engine."
          : null,
    },
    {
      id: "processor",
      title: "Processor",
      status: "ok",
      detail: `${hardware.cpuModel}, ${counted(hardware.cpuCores, "core")}${hardware.gpus.length === 0 ? ", no NVIDIA GPU" : `, ${hardware.gpus.join(", ")}`}.`,
      advice: null,
    },
    {
      id: "webgpu",
      title: "WebGPU",
      // Where it was chosen, the engine's own check above tells whether that is an error.
      status: "ok",
      detail: `${webgpu.detail} Used only where the runtime \`webgpu\` is chosen.`,
      advice: webgpu.advice,
    },
    gymCheck(deps.gym.environment.facts()),
    {
      id: "browser",
      title: "Window",
      status: browser === null ? "warning" : "ok",
      detail:
        browser === null ? "No Chromium or Chrome was found on the path." : `Opens in ${browser}.`,
      advice:
        browser === null
          ? "`gradus serve` prints an address that any browser on this machine opens."
          : null,
    },
  ];
  return { ok: checks.every(({ status }) => status !== "error"), checks };
}

/** It is optional: where it is missing, nothing is wrong. */
function gymCheck(facts: GymFacts | null): DoctorCheck {
  return {
    id: "reasoning-gym",
    title: "reasoning-gym",
    status: "ok",
    detail:
      facts === null
        ? "Not installed; only recipes with tasks of reasoning-gym need it."
        : `${facts.version} with Python ${facts.python}, ${facts.datasets.length} tasks.`,
    advice: facts === null ? "`gradus python install` installs it in the workspace." : null,
  };
}

/** What asks for a person, newest first. */
export function attentionItems(store: Store): AttentionItem[] {
  const pipelines = store.pipelines.undismissed().map((pipeline): AttentionItem => {
    const run = pipeline.runs.find(({ status }) => status === pipeline.status);
    return {
      id: `pipeline:${pipeline.id}`,
      kind: pipeline.status === "failed" ? "failed" : "stopped",
      level: pipeline.status === "failed" ? "error" : "warning",
      pipelineId: pipeline.id,
      pipelineName: pipeline.name,
      runId: run?.id ?? null,
      stageName: run?.stageName ?? null,
      timeMs: pipeline.endedAtMs ?? pipeline.createdAtMs,
      message: pipeline.statusReason?.message ?? `The pipeline is ${pipeline.status}.`,
      advice: pipeline.statusReason?.advice ?? null,
    };
  });
  const alarms = store.history.openAlarms().map((alarm): AttentionItem => {
    const run = store.runs.summary(alarm.runId);
    return {
      id: `alarm:${alarm.id}`,
      kind: "alarm",
      level: alarm.level,
      pipelineId: run.pipelineId,
      pipelineName: run.pipelineName,
      runId: run.id,
      stageName: run.stageName,
      timeMs: alarm.timeMs,
      message: alarm.message,
      advice: alarm.advice,
    };
  });
  return [...pipelines, ...alarms].sort((a, b) => b.timeMs - a.timeMs);
}

/** A Chromium-like browser on the path; null where there is none. */
export function findBrowser(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | null {
  const names = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "microsoft-edge",
  ];
  const fixed =
    process.platform === "darwin"
      ? ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"]
      : process.platform === "win32"
        ? ["ProgramFiles", "ProgramFiles(x86)"].flatMap((key) => {
            const folder = env[key];
            return folder === undefined
              ? []
              : [
                  join(folder, "Google/Chrome/Application/chrome.exe"),
                  join(folder, "Microsoft/Edge/Application/msedge.exe"),
                ];
          })
        : [];
  const onPath = names.flatMap((name) =>
    (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)),
  );
  return [...onPath, ...fixed].find((file) => existsSync(file)) ?? null;
}

function databaseBytes(file: string): number {
  const folder = join(file, "..");
  return readdirSync(folder)
    .filter((name) => name.startsWith("gradus.sqlite"))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
