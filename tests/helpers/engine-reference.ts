/** Values that PyTorch, transformers and TRL gave: tests/fixtures/reference, whose README says how they were made. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";

const REFERENCE = resolve(import.meta.dirname, "../fixtures/reference");

export const LOGITS_MODELS = ["qwen2", "qwen3", "llama3-rope"] as const;
export const TRAJECTORIES = [
  "grpo-qwen2",
  "grpo-two-iterations-qwen2",
  "dr-grpo-accumulation-qwen3",
  "dapo-kl-llama",
] as const;

/** Of tests/fixtures/reference/grpo-family, without `.json`: make.py there says which options each has. */
export const FAMILY = readdirSync(join(REFERENCE, "grpo-family"))
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -".json".length))
  .sort();

const Answers = z.object({
  sequences: z.array(
    z.object({
      last_logits: z.array(z.number()),
      token_logprobs: z.array(z.number()),
      greedy_12: z.array(z.int()),
    }),
  ),
});
export type Answers = z.infer<typeof Answers>;

const Trajectory = z.object({
  config: z.record(z.string(), z.unknown()),
  expected: z.array(z.record(z.string(), z.number())),
  probe_ids: z.array(z.int()),
  probe_logits_after: z.array(z.number()),
});
export type Trajectory = z.infer<typeof Trajectory>;

const FamilyCase = Trajectory.extend({ model: z.string(), rollouts: z.string() });

const Replayed = z.object({
  steps: z.array(z.record(z.string(), z.number().nullable())),
  probe_logits_after: z.array(z.number()),
});
export type Replayed = z.infer<typeof Replayed>;

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

export function logitsFolder(name: string): string {
  return join(REFERENCE, "logits", name);
}

export function readAnswers(path: string): Answers {
  return Answers.parse(readJson(path));
}

export function trajectoryFolder(name: string): string {
  return join(REFERENCE, "grpo-trajectories", name);
}

export function readTrajectory(name: string): Trajectory {
  return Trajectory.parse(readJson(join(trajectoryFolder(name), "expected.json")));
}

/** A case of the family, with the paths of its model and rollouts. */
export function readFamilyCase(name: string): z.infer<typeof FamilyCase> {
  const folder = join(REFERENCE, "grpo-family");
  const found = FamilyCase.parse(readJson(join(folder, `${name}.json`)));
  return {
    ...found,
    model: join(folder, found.model),
    rollouts: join(folder, found.rollouts),
  };
}

export function readReplayed(path: string): Replayed {
  return Replayed.parse(readJson(path));
}
