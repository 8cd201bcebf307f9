/** What keeps GRPO from sampling with the policy that it trains. Checked before a start, and again where the stage runs. */
import type { GrpoStage } from "./stages/grpo-stage.ts";

export interface SamplingFault {
  readonly name: "temperature" | "repetition_penalty";
  readonly message: string;
  readonly advice: string;
}

export function notThePolicy({
  temperature,
  repetition_penalty: penalty,
}: Pick<GrpoStage, "temperature" | "repetition_penalty">): SamplingFault[] {
  const faults: SamplingFault[] = [];
  if (temperature === 0)
    faults.push({
      name: "temperature",
      message:
        "at temperature 0 the likeliest token is taken: all completions of a prompt are the same and there is no policy to learn",
      advice: "Use 1, as TRL does.",
    });
  if (penalty !== 1)
    faults.push({
      name: "repetition_penalty",
      message: `a penalty of ${penalty} changes what is sampled and not the policy that is trained, so the gradient would be of another policy`,
      advice: "Use 1; a reward can discourage repeating instead.",
    });
  return faults;
}
