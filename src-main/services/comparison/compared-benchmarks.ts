/** Which finished benchmarks a list of ids means, and which of them are compared with one another. */
import type { ComparisonReport } from "#shared/schema/compare.ts";
import type { EvaluationRecord } from "#shared/schema/evaluation.ts";
import { RunId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import { defaultBaseline } from "./protocol.ts";

export interface ComparisonRequest {
  readonly ids: readonly string[];
  readonly baseline?: string | undefined;
  /** A pipeline or a benchmark: each benchmark is paired with the one of its name there. */
  readonly against?: string | undefined;
  readonly published: readonly string[];
}

/** Rows that are compared with one of them. */
export interface RecordGroup {
  readonly task: string;
  readonly title: string;
  readonly baseline: EvaluationRecord;
  readonly records: readonly EvaluationRecord[];
}

interface FoundBenchmarks {
  readonly records: readonly EvaluationRecord[];
  readonly missing: ComparisonReport["missing"];
}

/** By task, each with one baseline; where the request says `against`, a group for each pair of equal name. */
export function comparedGroups(
  store: Store,
  { ids, baseline, against }: Omit<ComparisonRequest, "published">,
): { readonly groups: readonly RecordGroup[]; readonly missing: ComparisonReport["missing"] } {
  const asked = findBenchmarks(store, ids);
  if (against !== undefined) return pairs(store, asked, against);
  const groups = [...Map.groupBy(asked.records, ({ summary }) => summary.task)].flatMap(
    ([task, records]) => {
      const first = records.find(({ runId }) => runId === baseline) ?? defaultBaseline(records);
      return first === undefined ? [] : [{ task, title: task, baseline: first, records }];
    },
  );
  return { groups, missing: asked.missing };
}

/** One benchmark on either side is a pair whatever its name. */
function pairs(
  store: Store,
  { records, missing }: FoundBenchmarks,
  against: string,
): { readonly groups: readonly RecordGroup[]; readonly missing: ComparisonReport["missing"] } {
  const other = findBenchmarks(store, [against]);
  const single = records.length === 1 && other.records.length === 1;
  const nameOf = ({ runId }: EvaluationRecord): string => store.runs.summary(runId).stageName;
  const groups: RecordGroup[] = [];
  const alone: { id: string; reason: string }[] = [];
  for (const record of records) {
    const name = nameOf(record);
    const baseline = other.records.find((one) => single || nameOf(one) === name);
    if (baseline === undefined)
      alone.push({ id: record.runId, reason: `${against} has no finished benchmark of its name` });
    else if (baseline.runId === record.runId)
      alone.push({ id: record.runId, reason: "it would be compared with itself" });
    else {
      const { task } = record.summary;
      groups.push({ task, title: `${task} (${name})`, baseline, records: [baseline, record] });
    }
  }
  return { groups, missing: [...missing, ...other.missing, ...alone] };
}

/** A benchmark is itself, another stage the benchmarks that measured its model, a pipeline all of its benchmarks. Each once, in the order asked. */
function findBenchmarks(store: Store, ids: readonly string[]): FoundBenchmarks {
  const all = store.evaluations.finished();
  const records = new Map<string, EvaluationRecord>();
  const missing: { id: string; reason: string }[] = [];
  for (const id of ids) {
    const own = all.filter(
      (record) =>
        record.runId === id ||
        record.pipelineId === id ||
        (RunId.parse(`${record.pipelineId}-${record.label}`) === id && record.runId !== id),
    );
    if (own.length === 0) missing.push({ id, reason: reasonOf(store, id) });
    for (const record of own) records.set(record.runId, record);
  }
  return {
    records: [...records.values()].map(({ runId, pipelineId, label, summary }) => ({
      runId,
      pipelineId,
      label,
      summary,
    })),
    missing,
  };
}

function reasonOf(store: Store, id: string): string {
  const known = store.runs
    .list({ offset: 0, limit: 1, text: id })
    .runs.some((run) => run.id === id || run.pipelineId === id);
  return known ? "it has no finished benchmark" : "it is not in this workspace";
}
