/**
 * A storm of kills while a host exports: datasets, models and pipelines. At the place that was named stands what stood
 * there, or the whole of the new; what is left beside says that it is no finished work, and the next export takes it away.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { exportPipeline } from "#main/host/cli/export-pipeline.ts";
import { Random } from "#main/platform/random.ts";
import { Application } from "#main/services/application.ts";
import { openStore } from "#main/store/store.ts";
import { workspacePaths } from "#main/store/workspace.ts";
import { importFile, sumLine } from "./dataset-fixture.ts";
import { exportAs, ExportKind } from "./export-kinds.ts";
import { hashAt } from "./folder-hash.ts";
import { insertTwoStages } from "./store-fixture.ts";
import { rollout } from "./store-fixture-data.ts";

const HOST = fileURLToPath(new URL("export-host.ts", import.meta.url));
const RECORDS = 1500;
const STEPS = 300;
/** A kill comes so long after the first byte at most. */
const WRITING_MS = 60;
const TEMPORARY = /\.tmp-\d+-\d+-[0-9a-z]+$/;

export interface ExportStormReport {
  /** By kind: kills while it was at work, and what then stood at its place. */
  readonly counts: Readonly<Record<string, Readonly<Record<"old" | "new" | "left", number>>>>;
  readonly faults: readonly string[];
}

/** @param kills of each kind */
export async function exportStorm(
  folder: string,
  kills: number,
  seed: number,
): Promise<ExportStormReport> {
  const workspace = join(folder, "workspace");
  await fill(folder, workspace);
  const random = new Random(seed);
  const counts: Record<string, Record<"old" | "new" | "left", number>> = {};
  const faults: string[] = [];
  for (const kind of ExportKind.options) {
    const whole = await reference(workspace, kind, join(folder, `${kind} whole`));
    const count = { old: 0, new: 0, left: 0 };
    for (let number = 0; number < kills; number++) {
      const place = join(folder, `${kind} ${number}`);
      mkdirSync(place);
      const target = join(place, "target");
      const before = standAt(target, kind, number);
      const moment = random.uniform();
      // Every other kill is of the moments at which something is being written.
      const waitMs = number % 4 < 2 ? moment * whole.durationMs : null;
      await killWithin({ workspace, kind, target }, waitMs, moment * WRITING_MS);
      const found = hashAt(target);
      if (found === whole.hash) count.new++;
      else if (found === before) count.old++;
      else faults.push(`${kind} ${number}: half of it stands at its place`);
      const left = readdirSync(place).filter((name) => name !== "target");
      if (left.length > 0) count.left++;
      for (const name of left.filter((one) => !TEMPORARY.test(one)))
        faults.push(`${kind} ${number}: ${name} is left and does not say what it is`);
      if (found === whole.hash) rmSync(target, { recursive: true });
      const next = await reference(workspace, kind, target);
      if (next.hash !== whole.hash) faults.push(`${kind} ${number}: the next export is another`);
      const still = readdirSync(place).filter((name) => name !== "target");
      if (still.length > 0) faults.push(`${kind} ${number}: left after the next: ${still.join()}`);
      rmSync(place, { recursive: true });
    }
    counts[kind] = count;
  }
  return { counts, faults };
}

/** A workspace with a dataset and a pipeline that are long enough to be killed in. */
async function fill(folder: string, workspace: string): Promise<void> {
  const rows = join(folder, "rows.jsonl");
  writeFileSync(rows, Array.from({ length: RECORDS }, (_, i) => `${sumLine(i, i + 1)}\n`).join(""));
  const app = new Application({ workspace, shell: "cli" });
  await importFile(app, rows, { name: "sums" });
  await app.close();
  const store = openStore(workspacePaths(workspace).database);
  const { pipelineId, train, check } = insertTwoStages(store);
  store.transaction(() => {
    for (const run of [train, check]) store.runs.setStatus(run, "finished", null);
    store.pipelines.setStatus(pipelineId, "finished", null);
    for (let step = 0; step < STEPS; step++) {
      store.metrics.insert(train, [{ name: "loss", step, value: 1 / (step + 1), timeMs: step }]);
      store.rollouts.insert(
        train,
        Array.from({ length: 16 }, (_, i) => rollout(step, i >> 2, i & 3)),
      );
    }
  });
  store.close();
}

/** An export that nobody kills. */
async function reference(
  workspace: string,
  kind: ExportKind,
  target: string,
): Promise<{ hash: string; durationMs: number }> {
  const app = new Application({ workspace, shell: "cli" });
  const beganAtMs = performance.now();
  if (kind === "run") exportPipeline(workspace, "p1", target);
  else await exportAs(app, kind, target);
  const durationMs = performance.now() - beganAtMs;
  await app.close();
  return { hash: hashAt(target), durationMs };
}

/** What the export finds at its place: an old file or nothing for data, an empty folder or nothing for the rest. */
function standAt(target: string, kind: ExportKind, number: number): string {
  if (number % 2 === 0 || kind === "model-gguf") return hashAt(target);
  if (kind === "model-hub" || kind === "run") mkdirSync(target);
  else writeFileSync(target, "of before");
  return hashAt(target);
}

/** @param waitMs from the beginning; null: `writingMs` after something shows up beside its place. Writers die with it then */
async function killWithin(
  { workspace, kind, target }: { workspace: string; kind: ExportKind; target: string },
  waitMs: number | null,
  writingMs: number,
): Promise<void> {
  const host = spawn(process.execPath, [HOST, workspace, kind, target], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(host, "exit");
  const closed = once(host, "close");
  const lines = createInterface({ input: host.stdout });
  await Promise.race([once(lines, "line"), gone]);
  if (waitMs === null) {
    const isWriting = (): boolean => readdirSync(dirname(target)).some((one) => one !== "target");
    while (host.exitCode === null && !isWriting()) await setTimeout(1);
  }
  await Promise.race([setTimeout(waitMs ?? writingMs), gone]);
  const writers = childrenOf(host.pid);
  host.kill("SIGKILL");
  if (waitMs === null) for (const writer of writers) kill(Number(writer));
  await closed;
  // A process that writes for the host ends with it, or with the one file that it is at.
  for (const writer of writers) while (existsSync(`/proc/${writer}`)) await setTimeout(50);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It had ended by itself.
  }
}

function childrenOf(pid: number | undefined): string[] {
  const list = `/proc/${pid}/task/${pid}/children`;
  return existsSync(list) ? readFileSync(list, "utf8").split(" ").filter(Boolean) : [];
}
