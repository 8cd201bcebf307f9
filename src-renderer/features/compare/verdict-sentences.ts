/** A comparison in sentences: who is better than the baseline, who cannot be told from it, and what it would take to tell. Pure. */
import type { ComparedGroup, ComparedRow, PairedVerdict } from "#shared/schema/compare.ts";
import {
  differenceText,
  powerText,
  pText,
  refusalText,
  verdictText,
} from "#shared/comparison-text.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { modelKey } from "./compared-models.ts";
import type { ComparedModel } from "./compared-models.ts";

export interface VerdictSentence {
  readonly id: string;
  readonly verdict: PairedVerdict["verdict"] | "refused";
  readonly claim: string;
  readonly basis: string;
}

type Judged = ComparedRow & { readonly versus: PairedVerdict };

/** How surprising the gap would be if there were none. */
function chanceText(p: number): string {
  if (p >= 0.05) return `p ${pText(p)}`;
  const tries = Math.round(1 / p);
  return tries > 1000
    ? "if there were no real difference, a gap this large would turn up less than once in 1,000 tries"
    : `if there were no real difference, a gap this large would turn up once in ${formatNumber(tries)} tries`;
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
    sentences.push({
      id: `${group.task} ${verdict}`,
      verdict,
      claim: `${verdictText(verdict, rows.map(letter), letter(baseline))} on ${group.title}.`,
      basis: `${letter(most)} by ${differenceText(most.versus)}: ${chanceText(most.versus.pAdjusted)}.`,
    });
  }
  for (const row of judged.filter(({ versus }) => versus.verdict === "cannot tell")) {
    sentences.push({
      id: `${group.task} ${row.runId}`,
      verdict: "cannot tell",
      claim: `${verdictText("cannot tell", [letter(row)], letter(baseline))} on ${group.title}.`,
      basis: `${differenceText(row.versus)}, p ${pText(row.versus.pAdjusted)}. ${powerText(row.versus)}`,
    });
  }
  for (const row of group.rows.filter(({ refusal }) => refusal !== null)) {
    const { claim, reason } = refusalText(letter(row), letter(baseline), row.refusal);
    sentences.push({
      id: `${group.task} ${row.runId} refused`,
      verdict: "refused",
      claim: `${claim}.`,
      basis: `Reason: ${reason}.`,
    });
  }
  return sentences;
}
