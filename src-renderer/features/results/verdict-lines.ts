/** The result table in sentences. Pure. */
import type { ResultRow } from "#shared/schema/evaluation.ts";
import { formatInterval, formatP, formatPoints } from "#renderer/ui/format.ts";

export interface VerdictLine {
  readonly runId: string;
  readonly verdict: "better" | "worse" | "cannot tell" | "refused";
  readonly claim: string;
  readonly basis: string;
}

/** One sentence for each row that has one before it, e.g. "grpo is better than cold-start." */
export function verdictLines(rows: readonly ResultRow[]): readonly VerdictLine[] {
  return rows.flatMap(({ runId, label, comparison }): VerdictLine[] => {
    if (comparison === null) return [];
    const { withLabel, versus, refusal, cautions } = comparison;
    const notes = cautions.map((caution) => ` Note: ${caution}.`).join("");
    if (versus === null)
      return [
        {
          runId,
          verdict: "refused",
          claim: `${label} is not compared with ${withLabel}.`,
          basis: `Reason: ${refusal ?? ""}.`,
        },
      ];
    const { low, high, value } = versus.difference;
    return [
      {
        runId,
        verdict: versus.verdict,
        claim:
          versus.verdict === "cannot tell"
            ? `${label} and ${withLabel} cannot be told apart.`
            : `${label} is ${versus.verdict} than ${withLabel}.`,
        basis: `${formatPoints(value)} points ${formatInterval(low, high)}, corrected p ${formatP(versus.pAdjusted)}, ${String(versus.problems)} problems.${notes}`,
      },
    ];
  });
}
