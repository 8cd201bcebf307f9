/** The rows of the benchmarks list: each protocol, then the models that were measured by it. Pure. */
import type { BenchmarkProtocol } from "#shared/contract/benchmarks.ts";
import type { RunSummary } from "#shared/schema/run.ts";
import { formatNumber } from "#renderer/ui/format.ts";

export interface ListedProtocol {
  readonly id: string;
  readonly protocol: BenchmarkProtocol;
  readonly runs: readonly { readonly run: RunSummary; readonly label: string }[];
}

export type BenchmarkRow =
  | { readonly type: "protocol"; readonly key: string; readonly listed: ListedProtocol }
  | {
      readonly type: "run";
      readonly key: string;
      readonly run: RunSummary;
      readonly label: string;
    };

export function protocolText(protocol: BenchmarkProtocol): string {
  const { difficulties, problems, samples, temperature, topP, topK, maxTokens, scoring } = protocol;
  return [
    ...(difficulties.length === 0 ? [] : [`difficulties ${difficulties.join(", ")}`]),
    `n ${formatNumber(problems)}`,
    `k ${formatNumber(samples)}`,
    `T ${temperature}, top-p ${topP}${topK === 0 ? "" : `, top-k ${topK}`}`,
    `limit ${formatNumber(maxTokens)} tokens`,
    `${scoring} scoring`,
  ].join(" · ");
}

/** Rows whose model, pipeline or task holds every word of the text. */
export function benchmarkRows(
  protocols: readonly ListedProtocol[],
  text: string,
): readonly BenchmarkRow[] {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  return protocols.flatMap((listed): readonly BenchmarkRow[] => {
    const runs = listed.runs.filter(({ run, label }) => {
      const hay = `${label} ${run.pipelineName} ${run.id} ${listed.protocol.task}`.toLowerCase();
      return words.every((word) => hay.includes(word));
    });
    if (runs.length === 0) return [];
    return [
      { type: "protocol", key: listed.id, listed },
      ...runs.map(({ run, label }): BenchmarkRow => ({ type: "run", key: run.id, run, label })),
    ];
  });
}
