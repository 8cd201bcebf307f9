/** Rewards of one's own in the workspace: written, checked as they are written, kept with undo. */
import { z } from "zod";
import { FileReward } from "../schema/reward.ts";
import { ProblemData } from "../schema/recipe.ts";
import {
  LONGEST_REWARD,
  RewardFault,
  RewardFileFacts,
  RewardFileText,
  RewardPath,
} from "../schema/reward-file.ts";
import { procedure } from "./errors.ts";

const text = z.string().max(LONGEST_REWARD);
const one = z.strictObject({ file: RewardPath });

export const rewards = {
  /** By name. */
  files: procedure.output(z.array(RewardFileFacts)),
  read: procedure.input(one).output(RewardFileText),
  /** What a recipe's reward means: the text that was kept by its hash, else its file's. */
  text: procedure
    .input(FileReward.pick({ file: true, sha256: true }))
    .output(z.strictObject({ text: z.string() })),
  /**
   * Writes the file: one edit of the journal, in the scope "reward:FILE". CONFLICT where its text is not the one that was
   * read (null: there was none).
   */
  save: procedure
    .input(z.strictObject({ ...one.shape, text, sha256: z.string().nullable() }))
    .output(RewardFileText),
  /** One edit of the journal, in the same scope: undo brings it back. Runs keep their own text. */
  delete: procedure.input(one).output(z.void()),
  /** Runs a text on three problems of a stage's data, the completions being their worked solutions, else empty. */
  check: procedure
    .input(z.strictObject({ ...one.shape, text, source: ProblemData.optional() }))
    .output(z.strictObject({ fault: RewardFault.nullable() })),
};
