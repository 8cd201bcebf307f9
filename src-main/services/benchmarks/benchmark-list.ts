/** The benchmarks of a workspace: every protocol that some stage has, with its runs. */
import type { BenchmarkProtocol } from "#shared/contract/benchmarks.ts";
import { sourcesOf } from "#main/core/problems/problem-supply.ts";
import type { BenchmarkStage } from "#shared/schema/stages/benchmark-stage.ts";
import type { DataSource } from "#shared/schema/stages/problem-data.ts";
import type { RunSummary } from "#shared/schema/run.ts";
import { sha256Of } from "#main/platform/canonical-json.ts";
import type { Store } from "#main/store/store.ts";

export interface ListedProtocol {
  readonly id: string;
  readonly protocol: BenchmarkProtocol;
  readonly runs: { run: RunSummary; label: string }[];
}

const MOST_RUNS = 5000;

/** Those with the newest runs first. Protocols are equal where every option of sampling and scoring is. */
export function benchmarkProtocols(store: Store): ListedProtocol[] {
  const { runs } = store.runs.list({ kind: ["benchmark"], offset: 0, limit: MOST_RUNS });
  const found = new Map<string, ListedProtocol>();
  for (const run of runs) {
    const { config } = store.runs.get(run.id);
    if (config.kind !== "benchmark") continue;
    const protocol = protocolOf(config);
    const id = sha256Of(protocol).slice(0, 12);
    const known = found.get(id) ?? { id, protocol, runs: [] };
    known.runs.push({ run, label: config.model });
    found.set(id, known);
  }
  return [...found.values()];
}

function protocolOf(stage: BenchmarkStage): BenchmarkProtocol {
  const { data } = stage;
  return {
    ...subjectOf(data),
    problems: stage.num_problems,
    samples: stage.num_samples,
    temperature: stage.temperature,
    topP: stage.top_p,
    topK: stage.top_k,
    maxTokens: stage.max_completion_length,
    scoring: stage.scoring,
  };
}

function subjectOf(data: BenchmarkStage["data"]): Pick<BenchmarkProtocol, "task" | "difficulties"> {
  if ("benchmark" in data) return { task: data.benchmark, difficulties: [] };
  const sources = sourcesOf(data);
  const [first] = sources;
  if (sources.length === 1 && first !== undefined && "difficulties" in first)
    return { task: first.task, difficulties: [...first.difficulties] };
  return { task: sources.map(sourceText).join(" + "), difficulties: [] };
}

/** Everything of a source that decides which problems it gives. */
function sourceText(source: DataSource): string {
  const share = source.weight === undefined ? "" : ` ×${source.weight}`;
  if ("config" in source) {
    const config =
      Object.keys(source.config).length === 0 ? "" : ` ${JSON.stringify(source.config)}`;
    return `${source.task}${config}${share}`;
  }
  if ("task" in source) return `${source.task} ${source.difficulties.join(",")}${share}`;
  const { problems, split, where } = source;
  return `${problems} ${split}${where === undefined ? "" : ` ${where}`}${share}`;
}
