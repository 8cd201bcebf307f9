/** The result table in sentences. Pure. */
import type { ResultRow } from "#shared/schema/evaluation.ts";
import { formatInterval, formatP, formatPoints } from "../../ui/format.ts";

export interface VerdictLine {
  readonly runId: string;
  readonly verdict: "better" | "worse" | "cannot tell";
  readonly claim: string;
  readonly basis: string;
}

/** One sentence for each row that was compared, e.g. "grpo is better than cold-start." */
export function verdictLines(rows: readonly ResultRow[]): readonly VerdictLine[] {
  return rows.flatMap((row) => {
    const { comparison } = row;
    if (comparison === null) return [];
    const { low, high, value } = comparison.difference;
    const claim =
      comparison.verdict === "cannot tell"
        ? `${row.label} and ${comparison.withLabel} cannot be told apart.`
        : `${row.label} is ${comparison.verdict} than ${comparison.withLabel}.`;
    return [
      {
        runId: row.runId,
        verdict: comparison.verdict,
        claim,
        basis: `${formatPoints(value)} points ${formatInterval(low, high)}, p ${formatP(comparison.p)}, ${String(comparison.problems)} problems.`,
      },
    ];
  });
}
