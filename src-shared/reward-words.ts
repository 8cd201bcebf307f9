/** What each built-in reward is, in a line: the wizard and the command line say the same. */
import type { RewardName } from "./schema/reward.ts";

export const REWARD_WORDS: Readonly<Record<RewardName, string>> = {
  answer: "1 where the verifier accepts the answer",
  accuracy: "the same as answer, by open-r1's name",
  format: "1 where it thinks, then answers, and nothing else",
  language: "share of the words in the prompt's language",
  "soft-overlong": "falls to −1 towards the limit of length",
  soft_overlong: "the same as soft-overlong, by open-r1's name",
  tag_count: "a quarter for each tag that stands exactly once",
  reasoning_steps: "a third for each sign of a step, at most 1",
  cosine: "right answers gain by being short, wrong ones by being long",
  repetition_penalty: "falls to −1 the more runs of words repeat",
  length: "the shorter of its group, the more; wrong answers at most 0",
  code: "share of the tests that the code passes",
};
