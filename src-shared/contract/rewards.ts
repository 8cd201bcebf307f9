/** Rewards of one's own in the workspace: written, checked as they are written, kept with undo; judges and people. */
import { z } from "zod";
import { Agreement, AgreementPlan, RatedCase, Ratings } from "../schema/judge.ts";
import { ProblemData } from "../schema/stages/problem-data.ts";
import {
  LONGEST_REWARD,
  RewardFault,
  RewardFileFacts,
  RewardFileText,
  RewardPath,
} from "../schema/reward-file.ts";
import { FileReward, JudgeReward } from "../schema/reward.ts";
import { procedure } from "./procedure.ts";

const text = z.string().max(LONGEST_REWARD);
const one = z.strictObject({ file: RewardPath });

const judged = {
  spec: JudgeReward,
  /** Folder that the rubric starts from; without it the workspace. */
  relativeTo: z.string().optional(),
};
const compared = z.strictObject({ ...judged, ratings: Ratings });

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
  /** What comparing a judge with people's ratings will ask, and cost at most. Asks nothing. */
  planAgreement: procedure.input(compared).output(AgreementPlan),
  /** A judge on texts that people rated: how both agree. It is kept, and stands beside the judge from then on. */
  agree: procedure
    .input(compared)
    .output(z.strictObject({ ...Agreement.shape, cases: z.array(RatedCase) })),
  /** Of this judge: its rubric's text, by content, and its model. null: nobody has compared them. */
  agreement: procedure
    .input(z.strictObject(judged))
    .output(z.strictObject({ agreement: Agreement.nullable() })),
  /** Of every judge that was compared with people, newest first. */
  agreements: procedure.output(z.array(Agreement)),
};
