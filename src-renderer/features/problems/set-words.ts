/** How what is known of a problem set reads. Pure. */
import type { ProblemSetStatistics } from "#shared/schema/problem-set.ts";
import { formatNumber, plural } from "#renderer/ui/format.ts";

/** "maths", or "maths 1,200, choice 40", the most frequent first. */
export function verifiersText({ verifiers }: Pick<ProblemSetStatistics, "verifiers">): string {
  const all = Object.entries(verifiers).toSorted(([, a], [, b]) => b - a);
  const [only] = all;
  if (only === undefined) return "none";
  if (all.length === 1) return only[0];
  return all.map(([name, problems]) => `${name} ${formatNumber(problems)}`).join(", ");
}

/** "1,800 train, 200 test" */
export function splitsText({ splits }: Pick<ProblemSetStatistics, "splits">): string {
  return `${formatNumber(splits.train)} train, ${formatNumber(splits.test)} test`;
}

/** "17 gold answers are not understood" */
export function goldsText(count: number): string {
  return `${plural(count, "gold answer is", "gold answers are")} not understood`;
}
