/** Limits that the run's own options and the alarms set to what the charts show. Pure. */
import { ALARM_LIMITS } from "#shared/schema/alarm-limits.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import type { Limit } from "#renderer/charts/series-chart/chart-marks.tsx";
import { formatNumber } from "#renderer/ui/format.ts";

function clipping(maxGradNorm: number): readonly Limit[] {
  if (maxGradNorm <= 0) return [];
  return [{ value: maxGradNorm, label: `cut to ${formatNumber(maxGradNorm, 1)}` }];
}

/** By the chart's id. A limit is drawn where it falls inside what is drawn; it stretches no axis. */
export function chartLimits(config: Stage): Readonly<Record<string, readonly Limit[]>> {
  const norm = "max_grad_norm" in config ? clipping(config.max_grad_norm) : [];
  if (config.kind !== "grpo") return { "grad-norm": norm };
  const { fracZeroStd, truncatedShare, entropy, kl } = ALARM_LIMITS;
  const length = config.max_completion_length;
  return {
    "grad-norm": norm,
    length: [{ value: length, label: `limit ${formatNumber(length)}` }],
    "zero-variance": [{ value: fracZeroStd, label: "alarm above" }],
    cut: [{ value: truncatedShare, label: "alarm above" }],
    entropy: [{ value: entropy, label: "alarm below" }],
    kl: [{ value: kl, label: "alarm above" }],
  };
}
