/** Rewards of one's own as files of the workspace: what recipes that are kept there name as `rewards/NAME`. */
import { z } from "zod";

/** In the workspace's folder `rewards`. */
export const RewardPath = z
  .string()
  .regex(
    /^rewards\/[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\.(?:js|mjs|ts|py|md)$/,
    "rewards/NAME.py, .js, .mjs, .ts or, a rubric, .md; the name of letters, digits, dots, dashes and underscores",
  );
export type RewardPath = z.infer<typeof RewardPath>;

/** A reward is a page of code; a larger file is something else. */
export const LONGEST_REWARD = 200_000;

export const RewardLanguage = z.enum(["python", "javascript"]);
export type RewardLanguage = z.infer<typeof RewardLanguage>;

const facts = {
  file: RewardPath,
  /** Of its text: a save names the text that it was made on. */
  sha256: z.string(),
  updatedAtMs: z.number(),
};

export const RewardFileFacts = z.strictObject(facts);
export type RewardFileFacts = z.infer<typeof RewardFileFacts>;

export const RewardFileText = z.strictObject({ ...facts, text: z.string() });
export type RewardFileText = z.infer<typeof RewardFileText>;

/** What keeps a reward's text from giving numbers. */
export const RewardFault = z.strictObject({
  message: z.string(),
  /** In the file, from 1; null where it is not known. */
  line: z.int().nullable(),
  /** What it failed on; null where it is none's. */
  completion: z.string().nullable(),
  /** Of the completion. */
  problemId: z.string().nullable(),
});
export type RewardFault = z.infer<typeof RewardFault>;
