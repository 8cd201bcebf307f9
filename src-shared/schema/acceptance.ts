/** What became of the solutions that a stage sampled to learn from: kept, or left out for the first reason that held. */
import { z } from "zod";

/** In the order in which they are asked. */
export const RejectionReason = z.enum([
  "unfinished",
  "malformed",
  "wrong",
  "too_short",
  "too_long",
  "mixed_language",
  "unreadable",
  "low_reward",
  "duplicate",
  "near_duplicate",
  "over_cap",
]);
export type RejectionReason = z.infer<typeof RejectionReason>;

export const REJECTION_WORDS: Readonly<Record<RejectionReason, string>> = {
  unfinished: "cut at the length limit",
  malformed: "not in the form that was asked for",
  wrong: "wrong",
  too_short: "too short",
  too_long: "too long",
  mixed_language: "mixed languages",
  unreadable: "hard to read",
  low_reward: "reward too low",
  duplicate: "the same text again",
  near_duplicate: "near duplicate",
  over_cap: "over the cap of its prompt",
};

export const Acceptance = z.strictObject({
  sampled: z.int(),
  kept: z.int(),
  /** Reasons that held for some; with `kept` they add up to `sampled`. */
  rejected: z.array(z.strictObject({ reason: RejectionReason, count: z.int() })),
});
export type Acceptance = z.infer<typeof Acceptance>;

const SAMPLED = "completions_sampled";
const KEPT = "traces_kept";
const REJECTED = "rejected/";

/** The report as metrics, which a run stores: counts so far. */
export function acceptanceMetrics({ sampled, kept, rejected }: Acceptance): Record<string, number> {
  return {
    [KEPT]: kept,
    [SAMPLED]: sampled,
    ...Object.fromEntries(rejected.map(({ reason, count }) => [`${REJECTED}${reason}`, count])),
  };
}

/** The report that a run's metrics hold; null where it samples nothing to learn from, or did so before there were reasons. */
export function acceptanceOf(
  metrics: readonly { readonly name: string; readonly lastValue: number | null }[],
): Acceptance | null {
  const last = new Map(metrics.map(({ name, lastValue }) => [name, lastValue]));
  const [sampled, kept] = [last.get(SAMPLED), last.get(KEPT)];
  if (typeof sampled !== "number" || typeof kept !== "number") return null;
  const rejected = RejectionReason.options.flatMap((reason) => {
    const count = last.get(`${REJECTED}${reason}`);
    return typeof count === "number" && count > 0 ? [{ reason, count }] : [];
  });
  const told = rejected.reduce((sum, { count }) => sum + count, kept);
  return told === sampled ? { sampled, kept, rejected } : null;
}
