/**
 * The cosine of the length, from "Demystifying Long Chain-of-Thought Reasoning in LLMs" (arXiv 2502.03373, equation 1), as
 * open-r1's `cosine` has it: a right answer is worth more the shorter it is, a wrong one costs more the shorter it is.
 *
 * As there, length is counted in characters, and beyond `max_len` the cosine rises again: set `max_len` to at least what
 * `max_completion_length` allows.
 */
import type { NamedReward } from "#shared/schema/reward.ts";
import { isJudged } from "./scoring/applies.ts";
import type { RewardInput } from "./reward-input.ts";
import { characters } from "./text-length.ts";

type CosineOptions = Omit<Extract<NamedReward, { name: "cosine" }>, "name" | "weight">;

/** Null where the problem has no answer that can be judged; open-r1 gives 1 to all of its completions. */
export function cosineReward(
  { problem, score, completionText }: Pick<RewardInput, "problem" | "score" | "completionText">,
  options: CosineOptions,
): number | null {
  if (!isJudged(problem)) return null;
  const cosine = Math.cos((characters(completionText) / options.max_len) * Math.PI);
  // At length 0 the second, at max_len the first. Of wrong answers they are exchanged.
  const [long, short] = score.correct
    ? [options.min_value_correct, options.max_value_correct]
    : [options.max_value_wrong, options.min_value_wrong];
  return long + 0.5 * (short - long) * (1 + cosine);
}
