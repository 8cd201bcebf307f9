/** What keeps GRPO from sampling with the policy that it trains. Checked before a start, and again where the stage runs. */
import type { GrpoStage } from "./stages/grpo-stage.ts";

export interface SamplingFault {
  readonly name: "temperature" | "repetition_penalty" | "top_k" | "min_p";
  readonly message: string;
  readonly advice: string;
  /** TRL's value, which mends it. */
  readonly use: number;
}

export function notThePolicy({
  temperature,
  repetition_penalty: penalty,
  top_k: k,
  min_p: p,
}: Pick<GrpoStage, "temperature" | "repetition_penalty" | "top_k" | "min_p">): SamplingFault[] {
  const faults: SamplingFault[] = [];
  if (temperature === 0)
    faults.push({
      name: "temperature",
      message:
        "at temperature 0 the likeliest token is taken: all completions of a prompt are the same and there is no policy to learn",
      advice: "Use 1, as TRL does.",
      use: 1,
    });
  for (const [name, isGreedy] of [["top_k", k === 1] as const, ["min_p", p === 1] as const])
    if (isGreedy && temperature !== 0)
      faults.push({
        name,
        message:
          "at 1 the likeliest token alone is left: all completions of a prompt are the same and there is no policy to learn",
        advice: "Use 0, as TRL does.",
        use: 0,
      });
  if (penalty !== 1)
    faults.push({
      name: "repetition_penalty",
      message: `a penalty of ${penalty} changes what is sampled and not the policy that is trained, so the gradient would be of another policy`,
      advice: "Use 1; a reward can discourage repeating instead.",
      use: 1,
    });
  return faults;
}
