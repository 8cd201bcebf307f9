/** A small GRPO run whose only reward is a judge, and the endpoint that it names. */
import type { Application } from "#main/services/application.ts";
import { EndpointFields } from "#shared/schema/endpoint.ts";

/** Of the endpoint; nothing of a workspace may hold it. */
export const GRADER_KEY = "sk-never-in-a-workspace";

export function saveGrader(app: Application, baseUrl: string): void {
  app.endpoints.save(
    undefined,
    EndpointFields.parse({
      name: "grader",
      baseUrl,
      model: "small",
      usdPerMillionInputTokens: 1,
      usdPerMillionOutputTokens: 10,
      requestsAtOnce: 3,
    }),
    GRADER_KEY,
  );
}

export function judgedRecipe(model: string, cap?: number): string {
  return `
name: Judged
seed: 7
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: grpo
    kind: grpo
    model: tiny
    data: { task: arithmetic, difficulties: [3, 4] }
    rewards: [{ judge: grader, rubric: rubric.md, weight: 1${cap === undefined ? "" : `, cap: ${cap}`} }]
    num_generations: 4
    generation_batch_size: 8
    per_device_train_batch_size: 8
    gradient_accumulation_steps: 1
    max_steps: 6
    learning_rate: 1.0e-3
    max_completion_length: 16
    save_steps: 2
`;
}

/** Solutions of sums by a teacher behind the endpoint, learnt by a student. */
export function taughtRecipe(model: string): string {
  return `
name: Taught
seed: 5
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: sampled
    kind: rejection-sampling
    model: tiny
    teacher: { endpoint: grader, model: large }
    data: { task: arithmetic, difficulties: [2, 3] }
    system_prompt: "Think, then answer inside <answer> tags."
    num_prompts: 12
    num_generations: 2
    max_completion_length: 64
  - name: student
    kind: distill
    model: tiny
    teacher: { endpoint: grader }
    data: { task: arithmetic, difficulties: [2] }
    num_prompts: 8
    num_generations: 1
    max_per_prompt: 1
    max_completion_length: 64
    max_steps: 2
    per_device_train_batch_size: 4
    max_length: 128
`;
}
