/** Checks of one stage by its own options: sizes that must divide (errors), and values that rarely do what was meant (warnings). */
import { generationBatchSize } from "#shared/schema/generation-batch.ts";
import { grpoBatches } from "#main/core/problems/grpo-batches.ts";
import { learnsFromTexts, teacherFault } from "#shared/schema/distillation.ts";
import type { DistillStage } from "#shared/schema/stages/distill-stage.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { goesByAnswer, writtenReward } from "#shared/schema/reward.ts";
import type { RewardSpec } from "#shared/schema/reward.ts";
import { notThePolicy } from "#shared/schema/policy-sampling.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding, Path } from "./recipe-finding.ts";

/** TRL's rules: a generation batch is whole optimizer steps and whole groups; so is a micro-batch's step. */
export function checkGroups(stage: GrpoStage, index: number): Finding[] {
  const findings: Finding[] = [];
  const at = (key: string): Path => ["stages", index, key];
  const {
    steps_per_generation: steps,
    num_generations: group,
    per_device_train_batch_size: device,
    gradient_accumulation_steps: accumulation,
  } = stage;
  const batch = generationBatchSize(stage);
  const { stepSize: step } = grpoBatches(stage);
  // Said in micro-batches, it is mended in them.
  const unit = steps === undefined ? 1 : device;
  const key = steps === undefined ? "generation_batch_size" : "steps_per_generation";
  const path = at(key);
  const distance = (size: number): number => Math.abs(size * unit - batch);
  const said =
    steps === undefined ? `${key} (${batch})` : `${key} (${steps}, so ${batch} completions)`;
  // A step is whole micro-batches already.
  const sizes = nearestMultiples(batch, lcm(step, group)).map((size) => size / unit);
  const whole = sizes.map((size) => setting(path, size, `Use ${size}`));
  const nearestSize = sizes.toSorted((a, b) => distance(a) - distance(b) || b - a)[0] ?? group;
  if (batch % step !== 0) {
    findings.push({
      path,
      message: `${said} must be a multiple of per_device_train_batch_size × gradient_accumulation_steps (${device} × ${accumulation} = ${step})`,
      advice: `Use ${nearestSize}, or change the other two.`,
      fixes: [
        ...whole,
        ...nearest(accumulation, divisors(batch / device)).map((n) =>
          setting(at("gradient_accumulation_steps"), n, `Use ${n}`),
        ),
      ],
    });
  }
  if (batch % group !== 0) {
    findings.push({
      path,
      message: `${said} must be a multiple of num_generations (${group}): every prompt has a whole group`,
      advice: `Use ${nearestSize}, or change num_generations.`,
      fixes: [
        ...whole,
        ...nearest(
          group,
          divisors(batch).filter((n) => n >= 2),
        ).map((n) => setting(at("num_generations"), n, `Use ${n}`)),
      ],
    });
  }
  return findings;
}

/** Learning rates that published recipes stay within, by what is trained. Outside they are doubted, not refused. */
const USUAL_RATES = {
  pretrain: [1e-4, 1e-2],
  sft: [1e-6, 2e-3],
  grpo: [1e-7, 5e-4],
  distill: [1e-6, 2e-3],
} as const;

/** What is allowed and yet seldom meant. */
export function doubts(stage: Stage, index: number): Finding[] {
  const at = (...keys: (string | number)[]): Path => ["stages", index, ...keys];
  const findings: Finding[] = [];
  const doubt = (path: Path, message: string, fixes: Finding["fixes"] = []): void => {
    findings.push({ path, message, advice: null, level: "warning", fixes });
  };
  if ("learning_rate" in stage) {
    const [low, high] = USUAL_RATES[stage.kind];
    const { learning_rate: rate } = stage;
    const usual = `usual ${low.toExponential()} to ${high.toExponential()}`;
    if (rate < low)
      doubt(at("learning_rate"), `low for ${stage.kind}; ${usual}`, [
        setting(at("learning_rate"), low, `Use ${low.toExponential()}`),
      ]);
    if (rate > high)
      doubt(at("learning_rate"), `high for ${stage.kind}; ${usual}`, [
        setting(at("learning_rate"), high, `Use ${high.toExponential()}`),
      ]);
  }
  if (stage.kind === "grpo") {
    findings.push(...checkPolicySampling(stage, at));
    grpoDoubts(stage, at, doubt);
  }
  if (stage.kind === "distill") {
    findings.push(...teacherFaults(stage, at("teacher"), at("method")));
    if (stage.method === "gkd" && stage.teacher === stage.model)
      findings.push({
        path: at("teacher"),
        message:
          "the teacher is the student itself: they agree on every token, and nothing is learnt",
        advice:
          "Name another model, or method sft, which learns from the solutions that were right.",
        fixes: [setting(at("method"), "sft", "Use sft")],
      });
  }
  if (
    stage.kind !== "grpo" &&
    "num_generations" in stage &&
    !(stage.kind === "distill" && !learnsFromTexts(stage)) &&
    stage.num_generations > 1 &&
    stage.temperature === 0
  )
    doubt(
      at("temperature"),
      `at 0 all ${stage.num_generations} completions of a prompt are the same`,
      [setting(at("temperature"), 1, "Use 1")],
    );
  if (stage.kind === "benchmark" && stage.num_samples > 1 && stage.temperature === 0)
    doubt(at("temperature"), `at 0 all ${stage.num_samples} samples of a problem are the same`, [
      setting(at("num_samples"), 1, "Use one sample"),
    ]);
  if (stage.kind === "sft" && stage.prompt_template === "r1-zero")
    findings.push({
      path: at("prompt_template"),
      message:
        "r1-zero is a plain text, and worked examples are conversations in the chat template",
      advice: "Leave it out here, or write a Jinja template of the user's message.",
    });
  return findings;
}

function teacherFaults(stage: DistillStage, path: Path, method: Path): Finding[] {
  const fault = teacherFault(stage);
  return fault === null ? [] : [{ path, ...fault, fixes: [setting(method, "sft", "Use sft")] }];
}

/**
 * What GRPO samples with must be the policy that it trains. Its gradient is that of the log-probabilities at the
 * temperature: a penalty on tokens that came before changes what is sampled and not what is trained, and at
 * temperature 0 there is no distribution. top_k, top_p and min_p narrow the policy, as in TRL: that is doubted.
 */
function checkPolicySampling(
  stage: GrpoStage,
  at: (...keys: (string | number)[]) => Path,
): Finding[] {
  const findings: Finding[] = [];
  const faults = notThePolicy(stage);
  for (const { name, message, advice, use } of faults)
    findings.push({
      path: at(name),
      message,
      advice,
      fixes: [setting(at(name), use, `Use ${use}`)],
    });
  if (stage.temperature === 0) return findings;
  const off = { top_p: 1, top_k: 0, min_p: 0 } as const;
  for (const name of ["top_p", "top_k", "min_p"] as const) {
    if (stage[name] === off[name] || faults.some((fault) => fault.name === name)) continue;
    findings.push({
      path: at(name),
      message: "what is sampled is narrower than the policy that is trained (TRL does the same)",
      advice: null,
      level: "warning",
      fixes: [setting(at(name), off[name], `Use ${off[name]}`)],
    });
  }
  return findings;
}

function grpoDoubts(
  stage: GrpoStage,
  at: (...keys: (string | number)[]) => Path,
  doubt: (path: Path, message: string, fixes?: Finding["fixes"]) => void,
): void {
  const { rewards } = stage;
  if (!rewards.some(looksAtAnswer))
    doubt(at("rewards"), "no verifier: nothing checks whether the answer is right", [
      setting(
        at("rewards"),
        [{ name: "answer", weight: 1 }, ...rewards.map(writtenReward)],
        "Add answer",
      ),
    ]);
  if (stage.epsilon_high !== undefined && stage.epsilon_high < stage.epsilon)
    doubt(at("epsilon_high"), `below epsilon (${stage.epsilon}); clip-higher wants it above`, [
      setting(at("epsilon_high"), 0.28, "Use 0.28, as DAPO"),
    ]);
  if (stage.loss_type === "dr_grpo" && stage.scale_rewards !== "none")
    doubt(
      at("scale_rewards"),
      "Dr. GRPO divides by no spread: easy and hard prompts weigh the same",
      [setting(at("scale_rewards"), "none", "Use none")],
    );
}

/** Whether a right answer may gain by it. */
function looksAtAnswer(reward: RewardSpec): boolean {
  return reward.weight > 0 && ("file" in reward || "judge" in reward || goesByAnswer(reward));
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

function lcm(a: number, b: number): number {
  return (a / gcd(a, b)) * b;
}

/** The multiples of `unit` around `value`. */
function nearestMultiples(value: number, unit: number): number[] {
  const below = Math.floor(value / unit) * unit;
  return below < unit ? [unit] : [below, below + unit];
}

function divisors(value: number): number[] {
  if (!Number.isInteger(value)) return [];
  const found: number[] = [];
  for (let n = 1; n <= value && n <= 4096; n += 1) if (value % n === 0) found.push(n);
  return found;
}

/** The nearest candidate on either side. */
function nearest(value: number, candidates: readonly number[]): number[] {
  const below = candidates.findLast((n) => n < value);
  const above = candidates.find((n) => n > value);
  return [below, above].filter((n) => n !== undefined);
}
