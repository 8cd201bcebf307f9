/** What the seeded stages "measured": made by formulas and a seeded random source, in the shapes an engine sends. */
import { join } from "node:path";
import { assetFolder } from "#main/platform/asset-folder.ts";
import { Random } from "#main/platform/random.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { summarize } from "#main/core/evaluation/summarize.ts";
import type {
  EngineMessageBody,
  EvaluationSample,
  Rollout,
  RolloutScores,
} from "#shared/schema/engine-protocol.ts";
import type { Stage } from "#shared/schema/recipe.ts";

/** The model whose tokenizer the seeded completions are written in. */
export const SEED_MODEL = join(assetFolder(), "models", "gradus-base");
const tokenizer = loadTokenizer(SEED_MODEL);

export const PROBLEMS = 120;
const SAMPLES = 4;
export const GRPO_STEPS = 40;
export const SFT_STEPS = 900;

/** Share of right answers that each benchmark is given. */
const SKILL: Readonly<Record<string, number>> = {
  "benchmark-base": 0.12,
  "benchmark-cold-start": 0.35,
  "benchmark-grpo": 0.62,
  "benchmark-student": 0.58,
};

function grpoMetrics(step: number, random: Random): Readonly<Record<string, number | null>> {
  const done = step / GRPO_STEPS;
  const noise = (): number => (random.uniform() - 0.5) * 0.05;
  return {
    num_tokens: 9000 * step,
    reward: 0.3 + 0.5 * done + noise(),
    reward_std: 0.4 - 0.1 * done + noise(),
    "rewards/answer/mean": 0.25 + 0.4 * done + noise(),
    "rewards/format/mean": 0.9 + noise(),
    frac_reward_zero_std: 0.2 + 0.4 * done + noise(),
    accuracy: 0.25 + 0.4 * done + noise(),
    "accuracy/difficulty_3": 0.4 + 0.4 * done + noise(),
    "accuracy/difficulty_4": 0.25 + 0.35 * done + noise(),
    "accuracy/difficulty_5": 0.1 + 0.3 * done + noise(),
    "completions/mean_length": 38 + 8 * done + noise(),
    "completions/min_length": 21,
    "completions/max_length": 72,
    "completions/clipped_ratio": 0.03,
    "clip_ratio/low_mean": 0.004 + noise() / 20,
    "clip_ratio/high_mean": 0.006 + noise() / 20,
    loss: 0.02 + noise(),
    grad_norm: 0.4 + noise(),
    learning_rate: 1.5e-4 * (1 - done),
    kl: step === 3 ? null : 0.02 * done,
    entropy: 0.6 - 0.3 * done + noise(),
    training_tokens_per_second: 2400 + 100 * noise(),
    sampling_tokens_per_second: 5200 + 100 * noise(),
  };
}

function rolloutsOf(step: number, random: Random): readonly Rollout[] {
  return Array.from({ length: 64 }, (_, at): Rollout => {
    const group = Math.floor(at / 8);
    const index = at % 8;
    const [a, b, c] = [1, 2, 3].map((salt) => ((step + group) * 7 * salt + 3) % 20);
    const right = (a ?? 0) + (b ?? 0) + (c ?? 0);
    // The first group solves everything, so that a group without spread is always there.
    const correct = group === 0 || random.uniform() < 0.3 + (0.5 * step) / GRPO_STEPS;
    const completion = `<think>\n${a} + ${b} = ${(a ?? 0) + (b ?? 0)}, and ${c} more is ${right}.\n</think>\n<answer>${correct ? right : right + 1}</answer>`;
    const completionIds = [
      ...tokenizer.encode(completion, { addSpecialTokens: false }),
      ...tokenizer.eosTokenIds.slice(0, 1),
    ];
    return {
      step,
      group,
      index,
      problemId: `arithmetic-${step}-${group}`,
      difficulty: 3 + (group % 3),
      prompt: `Work out ${a} + ${b} + ${c}.`,
      completion,
      completionIds,
      // From certain to one in a hundred.
      logprobs: completionIds.map(() => -4.6 * random.uniform() ** 4),
      rewards: { answer: correct ? 1 : 0, format: 1 },
      reward: correct ? 1.1 : 0.1,
      advantage: group === 0 ? 0 : correct ? 0.7 : -1.2,
      correct,
      finishReason: "stop",
    };
  });
}

/** The trainer computes what has an advantage. */
function scoresOf(rollouts: readonly Rollout[], random: Random): readonly RolloutScores[] {
  return rollouts
    .filter(({ advantage }) => advantage !== 0)
    .map(({ step, group, index, logprobs }) => ({
      step,
      group,
      index,
      logprobs: logprobs.map((value) => value + 0.3 * (random.uniform() - 0.5) ** 3),
      entropies: logprobs.map((value) => -0.7 * value),
    }));
}

function samplesOf(skill: number, seed: number): readonly EvaluationSample[] {
  const random = new Random(seed);
  return Array.from({ length: PROBLEMS * SAMPLES }, (_, at): EvaluationSample => {
    const problemIndex = Math.floor(at / SAMPLES);
    const difficulty = 3 + (problemIndex % 3);
    const correct = random.uniform() < skill * (1.4 - 0.2 * (difficulty - 2));
    const gold = String(problemIndex + 12);
    return {
      problemIndex,
      sampleIndex: at % SAMPLES,
      problemId: `held-out-${problemIndex}`,
      difficulty,
      prompt: `Work out ${problemIndex} + 5 + 7.`,
      gold,
      completion: `<think>\n${problemIndex} + 5 + 7\n</think>\n<answer>${correct ? gold : "0"}</answer>`,
      answer: correct ? gold : "0",
      correct,
      finishReason: "stop",
      tokens: 24,
    };
  });
}

/** What an engine would say about a whole stage, or about its steps up to `steps`. */
export function messagesOf(
  stage: Stage,
  steps: number,
  seed: number,
  startMs: number,
): readonly EngineMessageBody[] {
  const random = new Random(seed);
  const messages: EngineMessageBody[] = [];
  const say = (body: EngineMessageBody): void => {
    messages.push(body);
  };
  const point = (step: number, values: Readonly<Record<string, number | null>>): void => {
    const points = Object.entries(values).map(([name, value]) => ({
      name,
      step,
      value,
      // 50 s for the whole stage.
      timeMs: startMs + (50_000 * step) / steps,
    }));
    say({ type: "metrics", points });
  };
  if (stage.kind === "benchmark") {
    const samples = samplesOf(SKILL[stage.name] ?? 0.5, 6 + seed);
    say({ type: "evaluation-samples", samples: [...samples] });
    const settings = { temperature: 0.6, topP: 0.95, maxTokens: 72, scoring: stage.scoring };
    say({
      type: "evaluation",
      summary: summarize(samples, {
        task: "arithmetic",
        verifier: ["arithmetic"],
        seed,
        ...settings,
      }),
    });
  } else if (stage.kind === "grpo") {
    for (let step = 1; step <= steps; step += 1) {
      point(step, grpoMetrics(step, random));
      const rollouts = rolloutsOf(step, random);
      say({ type: "rollouts", rollouts: [...rollouts] });
      say({ type: "rollout-scores", scores: [...scoresOf(rollouts, random)] });
    }
  } else {
    const total = stage.name === "cold-start" ? SFT_STEPS : 30;
    for (let step = 1; step <= Math.min(steps, total); step += 1) {
      const loss = 0.4 + 2 * Math.exp((-4 * step) / total) + (random.uniform() - 0.5) * 0.1;
      point(step, {
        loss,
        grad_norm: 0.5 + random.uniform() * 0.1,
        learning_rate: 5e-4 * (1 - step / total),
      });
    }
  }
  return messages;
}
