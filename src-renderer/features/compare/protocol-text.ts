/** How a group's scores were made; what its rows do not share says "differs". */
import type { ComparedGroup } from "#shared/schema/compare.ts";
import type { EvaluationSummary } from "#shared/schema/engine-protocol.ts";
import { formatNumber } from "#renderer/ui/format.ts";

export function groupProtocol(group: ComparedGroup): string {
  const shared = (name: string, pick: (summary: EvaluationSummary) => string): string => {
    const values = [...new Set(group.rows.map(({ summary }) => pick(summary)))];
    return values.length === 1 ? `${name}${values[0] ?? ""}` : `${name}differs`;
  };
  return [
    group.title,
    shared("problems ", ({ n }) => formatNumber(n)),
    shared("k ", ({ k }) => formatNumber(k)),
    shared("T ", ({ temperature }) => String(temperature)),
    shared("top-p ", ({ topP }) => String(topP)),
    shared("limit ", ({ maxTokens }) => `${formatNumber(maxTokens)} tokens`),
    shared("scoring ", ({ scoring }) => scoring),
    shared("verifier ", ({ verifierVersion }) => verifierVersion),
  ].join(" · ");
}
