/**
 * A tiny model that is taught to answer 5 in the form that is asked for, then samples solutions, then is measured:
 * enough problems that each sampling stage has several chunks.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SetProblem } from "#shared/schema/problem.ts";
import type { Store } from "#main/store/store.ts";
import { insertOwnProblems, ownProblems } from "./own-problems.ts";

const FIVES = "fives";
const PROBLEMS = 900;
/** Two in three are for training: see `ownProblems`. */
export const TRACED = 512;
export const MEASURED = 300;

export function insertFives(store: Store): void {
  const problems = ownProblems(PROBLEMS).map((problem): SetProblem => ({ ...problem, gold: "5" }));
  insertOwnProblems(store, FIVES, "", problems);
}

export function samplingRecipe(folder: string, model: string): string {
  mkdirSync(folder, { recursive: true });
  const data = join(folder, "fives.jsonl");
  const lines = ownProblems(64).map(({ messages }, i) => {
    // Something to be unsure of, so that completions of a prompt differ.
    const content = `<think>${"ab"[i % 2] ?? ""}</think><answer>5</answer>`;
    return `${JSON.stringify({ messages: [...messages, { role: "assistant", content }] })}\n`;
  });
  writeFileSync(data, lines.join(""));
  return `
name: Sampled
seed: 11
models: { tiny: ${JSON.stringify(model)} }
stages:
  - name: cold
    kind: sft
    model: tiny
    data: { dataset: ${JSON.stringify(data)} }
    max_steps: 60
    learning_rate: 1.0e-2
    per_device_train_batch_size: 16
    max_length: 128
  - name: traces
    kind: rejection-sampling
    model: cold
    data: { problems: ${FIVES}, split: train }
    num_prompts: ${TRACED}
    num_generations: 4
    max_completion_length: 16
  - name: bench
    kind: benchmark
    model: cold
    data: { problems: ${FIVES}, split: test }
    num_problems: ${MEASURED}
    num_samples: 4
    max_completion_length: 16
`;
}
