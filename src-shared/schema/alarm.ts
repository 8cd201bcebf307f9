/** What an alarm shows beside its words: the completions that prove it, and what to try. */
import { z } from "zod";

/** A completion of a run: its step, its prompt's group, its place in the group. */
export const AlarmEvidence = z.strictObject({ step: z.int(), group: z.int(), index: z.int() });
export type AlarmEvidence = z.infer<typeof AlarmEvidence>;

/** An option of the stage with another value, for a branch of the run. */
export const AlarmChange = z.strictObject({ option: z.string(), value: z.json() });
export type AlarmChange = z.infer<typeof AlarmChange>;

export const AlarmProof = z.strictObject({
  evidence: z.array(AlarmEvidence).max(5).default([]),
  /** null: no single option would mend it. */
  change: AlarmChange.nullable().default(null),
});
