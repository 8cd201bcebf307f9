/** Prompts as rows of verl's data files. */
import type { PromptRow } from "#main/core/problems/task-data.ts";

/** As verl's RLHFDataset reads them. */
export const VERL_COLUMNS = {
  data_source: "text",
  prompt: "turns",
  ability: "text",
  reward_model: { fields: { style: "text", ground_truth: "text" } },
  extra_info: {
    fields: {
      split: "text",
      index: "integer",
      prompt: "text",
      data: "text",
      verifier: "text",
      verifier_options: "text",
      columns: "text",
    },
  },
} as const;

export function verlRow(
  { prompt, task, gold, verifier, ...rest }: PromptRow,
  index: number,
  split: "train" | "test",
) {
  const { data, verifier_options, columns } = rest;
  const asked = prompt.map(({ content }) => content).join("\n");
  return {
    data_source: task,
    prompt,
    ability: abilityOf(verifier),
    reward_model: { style: "rule", ground_truth: gold },
    extra_info: {
      split,
      index,
      prompt: asked,
      data,
      verifier,
      verifier_options,
      columns,
    },
  };
}

/** verl's word for the kind of problem. */
function abilityOf(verifier: string): string {
  if (verifier === "maths" || verifier === "number") return "math";
  return verifier.endsWith("-tests") ? "code" : "reasoning";
}
