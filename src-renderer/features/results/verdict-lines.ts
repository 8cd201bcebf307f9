/** The result table in sentences. Pure. */
import type { ResultRow } from "#shared/schema/evaluation.ts";
import {
  asksSeveral,
  differenceText,
  pText,
  refusalText,
  verdictText,
} from "#shared/comparison-text.ts";
import { plural } from "#renderer/ui/format.ts";

export interface VerdictLine {
  readonly runId: string;
  readonly verdict: "better" | "worse" | "cannot tell" | "refused";
  readonly claim: string;
  readonly basis: string;
}

/** One sentence for each row that has one before it, e.g. "grpo is better than cold-start." */
export function verdictLines(rows: readonly ResultRow[]): readonly VerdictLine[] {
  const hasSeveral = asksSeveral(rows);
  return rows.flatMap(({ runId, label, summary, comparison }): VerdictLine[] => {
    if (comparison === null) return [];
    const where = hasSeveral ? ` on ${summary.task}` : "";
    const { withLabel, versus, refusal, cautions } = comparison;
    const notes = cautions.map((caution) => ` Note: ${caution}.`).join("");
    if (versus === null) {
      const { claim, reason } = refusalText(label, withLabel, refusal);
      return [
        { runId, verdict: "refused", claim: `${claim}${where}.`, basis: `Reason: ${reason}.` },
      ];
    }
    return [
      {
        runId,
        verdict: versus.verdict,
        claim: `${verdictText(versus.verdict, [label], withLabel)}${where}.`,
        basis: `${differenceText(versus)}, corrected p ${pText(versus.pAdjusted)}, ${plural(versus.problems, "problem")}.${notes}`,
      },
    ];
  });
}
