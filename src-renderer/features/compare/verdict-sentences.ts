/** A comparison in sentences: who is better than the baseline, who cannot be told from it, and what it would take to tell. Pure. */
import type { ComparedGroup, ComparedRow, PairedVerdict } from "#shared/schema/compare.ts";
import {
  formatInterval,
  formatNumber,
  formatP,
  formatPercent,
  formatPoints,
} from "#renderer/ui/format.ts";
import { modelKey } from "./compared-models.ts";
import type { ComparedModel } from "./compared-models.ts";

export interface VerdictSentence {
  readonly id: string;
  readonly verdict: PairedVerdict["verdict"] | "refused";
  readonly claim: string;
  readonly basis: string;
}

type Judged = ComparedRow & { readonly versus: PairedVerdict };

function joined(names: readonly string[]): string {
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** How surprising the gap would be if there were none. */
function chanceText(p: number): string {
  if (p >= 0.05) return `p ${formatP(p)}`;
  const tries = Math.round(1 / p);
  return tries > 1000
    ? "if there were no real difference, a gap this large would turn up less than once in 1,000 tries"
    : `if there were no real difference, a gap this large would turn up once in ${formatNumber(tries)} tries`;
}

/** What more problems would show. */
export function powerText(versus: PairedVerdict): string {
  const { problemsNeeded, detectable, problems, difference } = versus;
  const least =
    detectable === null
      ? ""
      : `With ${formatNumber(problems)} problems a gap shows 8 times in 10 from ${formatPercent(detectable)} points on.`;
  if (problemsNeeded === null || problemsNeeded <= problems) return least;
  return `${least} To see one of ${formatPercent(Math.abs(difference.value))} points as often you would need about ${formatNumber(problemsNeeded)} problems.`;
}

export function verdictSentences(
  group: ComparedGroup,
  models: ReadonlyMap<string, ComparedModel>,
): readonly VerdictSentence[] {
  const letter = (row: ComparedRow): string => models.get(modelKey(row))?.letter ?? row.label;
  const baseline = group.rows.find((row) => row.runId === group.baseline);
  if (baseline === undefined) return [];
  const judged = group.rows.filter((row): row is Judged => row.versus !== null);
  const sentences: VerdictSentence[] = [];
  for (const verdict of ["better", "worse"] as const) {
    const rows = judged.filter(({ versus }) => versus.verdict === verdict);
    const most = rows.toSorted(
      (a, b) => Math.abs(b.versus.difference.value) - Math.abs(a.versus.difference.value),
    )[0];
    if (most === undefined) continue;
    const { difference, pAdjusted } = most.versus;
    sentences.push({
      id: `${group.task} ${verdict}`,
      verdict,
      claim: `${joined(rows.map(letter))} ${rows.length === 1 ? "is" : "are"} ${verdict} than ${letter(baseline)} on ${group.title}.`,
      basis: `${letter(most)} by ${formatPoints(difference.value)} points ${formatInterval(difference.low, difference.high)}: ${chanceText(pAdjusted)}.`,
    });
  }
  for (const row of judged.filter(({ versus }) => versus.verdict === "cannot tell")) {
    const { difference, pAdjusted } = row.versus;
    sentences.push({
      id: `${group.task} ${row.runId}`,
      verdict: "cannot tell",
      claim: `${letter(row)} and ${letter(baseline)} cannot be told apart on ${group.title}.`,
      basis: `${formatPoints(difference.value)} points ${formatInterval(difference.low, difference.high)}, p ${formatP(pAdjusted)}. ${powerText(row.versus)}`,
    });
  }
  for (const row of group.rows.filter(({ refusal }) => refusal !== null))
    sentences.push({
      id: `${group.task} ${row.runId} refused`,
      verdict: "refused",
      claim: `${letter(row)} is not compared to ${letter(baseline)}.`,
      basis: `Reason: ${row.refusal ?? ""}.`,
    });
  return sentences;
}
