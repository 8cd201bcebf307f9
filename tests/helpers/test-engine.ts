/**
 * An engine process with stages small enough to be killed at a chosen moment: a number is trained by
 * a fixed rule, so that an interrupted and an uninterrupted run must end alike. The channel and the
 * protocol are the real ones.
 *
 * TEST_ENGINE, JSON: `{"<stage name>": {"hangAt": step} | {"crashAt": step} | {"failAt": step} | {"skipSeqAt": step}}`.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { Usage } from "#shared/schema/engine-protocol.ts";
import { serveStage } from "#main/processes/engine/serve-stage.ts";
import type { StageContext, StartRequest } from "#main/core/stage-context.ts";
import { rollout, sample } from "./store-fixture-data.ts";

const Behaviour = z.object({
  hangAt: z.int().optional(),
  crashAt: z.int().optional(),
  failAt: z.int().optional(),
  throwAt: z.int().optional(),
  ignoreCancel: z.boolean().optional(),
  /** Sends points for ever. */
  flood: z.boolean().optional(),
});
const Plan = z.record(z.string(), Behaviour);
const State = z.object({ step: z.int(), value: z.number() });

const STEPS = 10;
/** What makes a folder a checkpoint to the host, which reads it before a run goes on. */
const STATE = {
  formatVersion: 1,
  files: {},
  state: {
    step: 0,
    samplesSeen: 0,
    scheduler: {},
    random: {},
    data: {},
    stage: null,
    configHash: "",
  },
};
const SAVE_STEPS = 4;

function usage(step: number): Usage {
  return {
    wallMs: step * 1000,
    cpuSeconds: step,
    gpuSeconds: 0,
    tokensSampled: step * 10,
    tokensTrained: step * 20,
    flops: step * 1e6,
    energyJ: null,
    peakMemoryBytes: 1000,
  };
}

async function runTestStage(request: StartRequest, context: StageContext): Promise<void> {
  const plan = Plan.parse(JSON.parse(process.env["TEST_ENGINE"] ?? "{}"));
  const behaviour = plan[request.stage.name] ?? {};
  console.log(`stage ${request.stage.name} from ${request.resumeFrom ?? "the beginning"}`);
  let { step, value } =
    request.resumeFrom === undefined
      ? { step: 0, value: request.seed % 1000 }
      : State.parse(JSON.parse(readFileSync(join(request.resumeFrom, "state.json"), "utf8")));
  context.emit({
    type: "started",
    runtime: "test",
    runtimeVersion: "1",
    device: "CPU",
    threads: 1,
    parameters: 1,
    totalSteps: STEPS,
    fromStep: step,
    warnings: [],
  });
  if (request.stage.kind === "benchmark") return benchmark(request, context);
  const checkpoint = (): void => {
    const dir = join(request.outDir, "checkpoints", `step-${step}`);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, "state.json"), JSON.stringify({ ...STATE, step, value }));
    const old = join(request.outDir, "checkpoints", `step-${step - SAVE_STEPS}`);
    const removed = existsSync(old) ? [old] : [];
    for (const folder of removed) rmSync(folder, { recursive: true });
    context.emit({ type: "checkpoint", step, dir, bytes: 10, usage: usage(step), removed });
  };
  while (step < STEPS) {
    await setImmediate();
    if (context.signal.aborted && behaviour.ignoreCancel !== true) {
      context.emit({ type: "cancelled", usage: usage(step) });
      return;
    }
    if (context.stopRequested()) {
      checkpoint();
      context.emit({ type: "cancelled", usage: usage(step) });
      return;
    }
    step += 1;
    value = (value * 31 + step) % 1009;
    context.emit({
      type: "metrics",
      points: [{ name: "loss", step, value, timeMs: Date.now() }],
    });
    if (request.stage.kind === "grpo") {
      context.emit({ type: "rollouts", rollouts: [rollout(step, 0, 0), rollout(step, 0, 1)] });
    }
    context.emit({
      type: "progress",
      done: step,
      total: STEPS,
      unit: "steps",
      phase: "training",
      tokensPerSecond: 5,
      etaMs: 1000,
    });
    context.emit({ type: "usage", usage: usage(step) });
    for (let i = 0; behaviour.flood === true; i++) {
      const name = `flood_${i}`;
      context.emit({ type: "metrics", points: [{ name, step, value: i, timeMs: Date.now() }] });
      await setTimeout(1);
    }
    if (step === behaviour.crashAt) process.kill(process.pid, "SIGSEGV");
    if (step === behaviour.failAt) {
      throw new AppError("BAD_CHECKPOINT", "the model is broken", "mend the model");
    }
    if (step === behaviour.throwAt) throw new TypeError("a bug");
    while (
      step === behaviour.hangAt &&
      !context.stopRequested() &&
      (behaviour.ignoreCancel === true || !context.signal.aborted)
    ) {
      await setTimeout(20);
    }
    if (step % SAVE_STEPS === 0) checkpoint();
  }
  writeOutput(request, context, value);
  context.emit({ type: "finished", usage: usage(step) });
}

function writeOutput(request: StartRequest, context: StageContext, value: number): void {
  if (request.stage.kind === "rejection-sampling") {
    const path = join(request.outDir, "data.jsonl");
    writeFileSync(path, `{"messages":[{"role":"user","content":"${value}"}]}\n`);
    context.emit({ type: "output", kind: "dataset", path, records: 1 });
    return;
  }
  const path = join(request.outDir, "model");
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "weights.json"), JSON.stringify({ value, inputs: request.models }));
  // Stands for the weights where only their bytes count.
  writeFileSync(join(path, "model.safetensors"), String(value));
  context.emit({ type: "output", kind: "model", path });
}

/** Four problems twice; of a trained model three problems are right, of a base model one. */
function benchmark(request: StartRequest, context: StageContext): void {
  const trained = request.models["model"]?.endsWith("model") === true;
  const right = trained ? 3 : 1;
  const samples = [0, 1, 2, 3].flatMap((problem) =>
    [0, 1].map((index) => sample(problem, index, problem < right)),
  );
  context.emit({ type: "evaluation-samples", samples });
  const pass1 = { value: right / 4, low: 0, high: 1 };
  context.emit({
    type: "evaluation",
    summary: {
      task: "arithmetic",
      n: 4,
      k: 2,
      temperature: 0.6,
      topP: 0.95,
      maxTokens: 72,
      scoring: "strict",
      verifierVersion: "1",
      pass1,
      passK: [{ k: 1, ...pass1 }],
      consK: pass1,
      byDifficulty: [],
      formatRate: 1,
      truncatedRate: 0,
      meanTokens: 4,
    },
  });
  context.emit({ type: "finished", usage: usage(1) });
}

serveStage(runTestStage, () => 0);
