/** Runs the engine's two comparison commands on a reference and measures how far off they are. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGrpoReplay } from "#main/engine/commands/grpo-replay.ts";
import { runLogits } from "#main/engine/commands/logits.ts";
import type { Runtime } from "#main/engine/runtime/runtime.ts";
import { itemAt, largestDifference } from "./engine-model.ts";
import {
  logitsFolder,
  readAnswers,
  readFamilyCase,
  readReplayed,
  readTrajectory,
  trajectoryFolder,
} from "./engine-reference.ts";
import type { Replayed, Trajectory } from "./engine-reference.ts";

/** Calls `body` with a folder that is gone afterwards. */
export async function withFolder<T>(body: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "gradus-engine-"));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export type LogitsParity = {
  readonly logits: number;
  readonly logprobs: number;
  readonly greedy: readonly (readonly number[])[];
  readonly expectedGreedy: readonly (readonly number[])[];
};

/** `model logits` against transformers' answers on one of LOGITS_MODELS. */
export async function logitsParity(runtime: Runtime, name: string): Promise<LogitsParity> {
  const model = logitsFolder(name);
  const expectedFile = join(model, "expected.json");
  const expected = readAnswers(expectedFile).sequences;
  const answers = await withFolder(async (folder) => {
    const out = join(folder, "out.json");
    await runLogits(runtime, { model, input: expectedFile, out });
    return readAnswers(out).sequences;
  });
  const gaps = (key: "last_logits" | "token_logprobs"): number =>
    Math.max(...expected.map((want, i) => largestDifference(want[key], itemAt(answers, i)[key])));
  return {
    logits: gaps("last_logits"),
    logprobs: gaps("token_logprobs"),
    greedy: answers.map(({ greedy_12: ids }) => ids),
    expectedGreedy: expected.map(({ greedy_12: ids }) => ids),
  };
}

export type Replay = { readonly ours: Replayed; readonly trl: Trajectory };

/** `grpo replay` on one of TRAJECTORIES, and what TRL logged. */
export async function replay(runtime: Runtime, name: string): Promise<Replay> {
  const trl = readTrajectory(name);
  const at = trajectoryFolder(name);
  const ours = await replayed(runtime, trl, join(at, "model"), join(at, "rollouts.jsonl"));
  return { ours, trl };
}

/** `grpo replay` on one of FAMILY, and what TRL logged. */
export async function replayFamily(runtime: Runtime, name: string): Promise<Replay> {
  const trl = readFamilyCase(name);
  return { ours: await replayed(runtime, trl, trl.model, trl.rollouts), trl };
}

function replayed(
  runtime: Runtime,
  { config: options, probe_ids }: Trajectory,
  model: string,
  rollouts: string,
): Promise<Replayed> {
  return withFolder((folder) => {
    const config = join(folder, "config.json");
    const out = join(folder, "out.json");
    writeFileSync(config, JSON.stringify({ ...options, probe_ids }));
    runGrpoReplay(runtime, { model, rollouts, config, out });
    return readReplayed(out);
  });
}
