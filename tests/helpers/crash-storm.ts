/**
 * A storm of kills: the engine, the host, both, or an engine that is stopped (SIGSTOP) under a killed host, at random
 * moments of training, sampling, checkpoints and imports. What must hold after each is checked by the next host.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { Random } from "#main/platform/random.ts";
import { Application } from "#main/services/application.ts";
import { settled } from "./test-application.ts";
import { writeTinyModel } from "./tiny-model.ts";

const HOST = fileURLToPath(new URL("storm-host.ts", import.meta.url));
const VICTIMS = ["engine", "host", "both", "stopped engine and host"] as const;
const IMPORTED = 1500;
const Ready = z.object({ enginePid: z.int().nullable() });

export interface StormReport {
  /** Kills by work and victim. */
  readonly counts: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

interface Storm {
  readonly workspace: string;
  readonly model: string;
  readonly rows: string;
  readonly random: Random;
  readonly faults: string[];
}

export async function crashStorm(
  folder: string,
  kills: number,
  seed: number,
): Promise<StormReport> {
  const storm: Storm = {
    workspace: join(folder, "workspace"),
    model: writeTinyModel(join(folder, "tiny"), 3),
    rows: join(folder, "rows.jsonl"),
    random: new Random(seed),
    faults: [],
  };
  const row = (i: number): object => ({ prompt: `What is ${i} and ${i}?`, completion: `${2 * i}` });
  writeFileSync(
    storm.rows,
    Array.from({ length: IMPORTED }, (_, i) => `${JSON.stringify(row(i))}\n`).join(""),
  );
  const counts: Record<string, number> = {};
  for (let number = 0; number < kills; number++) {
    const work = number % 4 === 3 ? "import" : "training";
    const victim =
      work === "import" ? "host" : (VICTIMS[storm.random.int(0, VICTIMS.length - 1)] ?? "host");
    await strike(storm, work, victim, number);
    counts[`${work}: ${victim}`] = (counts[`${work}: ${victim}`] ?? 0) + 1;
    await check(storm, number);
  }
  await goOnToTheEnd(storm);
  return { counts, faults: storm.faults };
}

/** Starts a host at some work, waits a random while, and kills. */
async function strike(
  { workspace, model, rows, random, faults }: Storm,
  work: "training" | "import",
  victim: (typeof VICTIMS)[number],
  number: number,
): Promise<void> {
  const args = [HOST, workspace, model, work, rows, String(number)];
  const host = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const gone = once(host, "exit");
  const first = await Promise.race([once(createInterface({ input: host.stdout }), "line"), gone]);
  if (typeof first[0] !== "string" || !first[0].startsWith("{")) {
    faults.push(`${number}: the host ended before it was at work on ${work}`);
    return;
  }
  const { enginePid } = Ready.parse(JSON.parse(first[0]));
  await setTimeout(random.int(0, work === "training" ? 2500 : 400));
  if (enginePid !== null) {
    if (victim === "stopped engine and host") signal(enginePid, "SIGSTOP");
    if (victim === "engine" || victim === "both") signal(enginePid, "SIGKILL");
  }
  // A host that outlives its engine writes how the run stands.
  if (victim === "engine") await setTimeout(random.int(200, 1000));
  host.kill("SIGKILL");
  await gone;
}

/** Opens the workspace as the next host does. */
async function check({ workspace, faults }: Storm, number: number): Promise<void> {
  const app = new Application({ workspace, shell: "cli" });
  const { pipelines } = app.store.pipelines.list({ offset: 0, limit: 1000 });
  for (const { id, status, statusReason } of pipelines) {
    if (status === "running" || status === "stopping") faults.push(`${number}: ${id} is ${status}`);
    if (status === "stopped" && statusReason === null) faults.push(`${number}: ${id}: no reason`);
  }
  for (const { name, records } of app.datasets.list()) {
    if (records !== IMPORTED) faults.push(`${number}: ${name} has ${records} records`);
  }
  if (app.store.recordWriter.dropStaged(undefined, 1) > 0) {
    faults.push(`${number}: rows of a killed import are left`);
  }
  await app.close();
  for (let tries = 0; left(workspace).length > 0; tries++) {
    if (tries > 50) {
      faults.push(`${number}: left behind: ${left(workspace).join("; ")}`);
      return;
    }
    await setTimeout(100);
  }
}

/** Every pipeline that was interrupted goes on to its end, to the same weights. */
async function goOnToTheEnd({ workspace, faults }: Storm): Promise<void> {
  const app = new Application({ workspace, shell: "cli" });
  const { pipelines } = app.store.pipelines.list({ offset: 0, limit: 1000 });
  const weights = new Set<string | null>();
  for (const { id, status } of pipelines) {
    if (status === "stopped" || status === "failed") app.runner.resume(id);
    const ended = await settled(app, id);
    if (ended.status !== "finished") {
      faults.push(`${id} is ${ended.status}: ${ended.statusReason?.message ?? ""}`);
    }
    for (const { id: runId, kind } of ended.runs) {
      const points = [...app.store.metrics.points(runId)].map(
        ({ name, step }) => `${name} ${step}`,
      );
      if (new Set(points).size < points.length) faults.push(`${runId}: a point is there twice`);
      if (kind === "grpo") weights.add(app.store.runs.get(runId).outputSha256);
    }
  }
  if (weights.size > 1) faults.push(`one recipe came to ${weights.size} different models`);
  await app.close();
}

function signal(pid: number, name: "SIGKILL" | "SIGSTOP"): void {
  try {
    process.kill(pid, name);
  } catch {
    // It had ended by itself.
  }
}

/** Processes that name the workspace's run folders or were started by its hosts, and run no more under one. */
function left(workspace: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        const status = readFileSync(`/proc/${pid}/status`, "utf8");
        if (/^State:\s+Z/m.test(status) || !/engine-process|read-rows-process/.test(command))
          return [];
        const files = readdirSync(`/proc/${pid}/fd`).map((fd) => target(`/proc/${pid}/fd/${fd}`));
        return files.some((file) => file.startsWith(workspace)) ? [`${pid} ${command}`] : [];
      } catch {
        return [];
      }
    });
}

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}
