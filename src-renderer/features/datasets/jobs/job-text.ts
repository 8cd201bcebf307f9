/** What a job on a dataset does and has brought, in words. Pure. */
import type { DatasetJob } from "#shared/schema/dataset.ts";
import { formatCost, formatNumber, formatPercent, formatUsd, plural } from "#renderer/ui/format.ts";

export const JOB_VERBS: Readonly<Record<DatasetJob["kind"], string>> = {
  import: "Importing",
  refresh: "Measuring",
  generate: "Generating from",
};

/** What a job has brought so far: records in; or samples accepted, and what each costs. */
export function yieldText(job: DatasetJob): string {
  if (job.kind === "import") {
    const bad = job.bad === 0 ? "" : `, ${plural(job.bad, "bad line")}`;
    return `${plural(job.added, "record")} in${bad}`;
  }
  if (job.kind === "refresh") return "";
  const share =
    job.sampled === 0
      ? ""
      : `, ${formatPercent(job.accepted / job.sampled)}% accepted, n ${formatNumber(job.sampled)}`;
  return `${plural(job.accepted, "accepted sample")}${share}${costOf(job)}`;
}

/** Of what an accepted sample cost; a teacher may have no price. */
function costOf({ costUsd, unpricedTokens, sampled, accepted }: DatasetJob): string {
  if (sampled === 0) return "";
  if (costUsd === null) return `, ${formatCost(null, unpricedTokens)}`;
  return accepted === 0 ? "" : `, ${formatUsd(costUsd / accepted)} an accepted sample`;
}
