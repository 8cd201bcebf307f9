/** Benchmark, two training stages of ten steps, benchmark. */
export function recipeYaml(model: string): string {
  return `
name: Small
models: { base: ${JSON.stringify(model)} }
stages:
  - { name: before, kind: benchmark, model: base, data: { task: arithmetic, difficulties: [3] }, num_problems: 4, num_samples: 2 }
  - { name: cold-start, kind: sft, model: base, data: { source: { task: arithmetic, difficulties: [3] }, examples: 8 } }
  - { name: grpo, kind: grpo, model: cold-start, data: { task: arithmetic, difficulties: [3] }, generation_batch_size: 8, num_generations: 8, max_steps: 10 }
  - { name: after, kind: benchmark, model: grpo, data: { task: arithmetic, difficulties: [3] }, num_problems: 4, num_samples: 2 }
`;
}
