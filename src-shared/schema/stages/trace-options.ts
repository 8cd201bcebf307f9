/** Which of a problem's sampled solutions are kept to be learnt from: DeepSeek-R1's rejection sampling (section 2.3.3). */
import { z } from "zod";
import { RewardSpec } from "../reward.ts";

export const TraceSelection = z.strictObject({
  /** At most so many different completions kept of one prompt. */
  max_per_prompt: z.int().min(1).default(2),
  /** By their weighted sum the best of a prompt are kept; without them those that were sampled first. */
  rewards: z.array(RewardSpec).min(1).optional(),
  /** With rewards: completions under it are left out. */
  min_reward: z.number().optional(),
  /** Only what the verifier accepts. Off for problems without a right answer, which rewards judge. */
  require_correct: z.boolean().default(true),
  /** Only what has its thinking and its answer in the form that the stage asks for. */
  require_format: z.boolean().default(true),
  /** Tokens of a completion, by the tokenizer of who learns from it. */
  min_trace_tokens: z.int().min(1).optional(),
  max_trace_tokens: z.int().min(1).optional(),
  /** Least share of words in the prompt's language (core/rewards/language.ts). */
  min_language: z.number().min(0).max(1).default(0),
  /** Least readability, 0 to 100 (core/curation/readability.ts). */
  min_readability: z.number().min(0).max(100).default(0),
  /** Completions that nearly repeat one that was kept, of any prompt, are left out. */
  drop_near_duplicates: z.boolean().default(false),
});
export type TraceSelection = z.infer<typeof TraceSelection>;
