/** What used resources are worth at a price list, and sums of entries. */
import type { CostEntry, CostTotal, PriceList } from "#shared/schema/cost.ts";
import type { Usage } from "#shared/schema/engine-protocol.ts";

const JOULES_PER_KWH = 3.6e6;

/** Dollars for cores, GPUs and, where it was measured, energy. */
export function costOfUsage(
  usage: Usage,
  prices: PriceList,
): Pick<CostEntry, "computeUsd" | "energyUsd" | "totalUsd"> {
  const computeUsd =
    (usage.cpuSeconds * prices.usdPerCpuCoreHour + usage.gpuSeconds * prices.usdPerGpuHour) / 3600;
  const energyUsd =
    usage.energyJ === null ? null : (usage.energyJ / JOULES_PER_KWH) * prices.usdPerKWh;
  return { computeUsd, energyUsd, totalUsd: computeUsd + (energyUsd ?? 0) };
}

/** The sum; energy is known only where every entry's is. */
export function totalCost(entries: readonly CostEntry[]): CostTotal {
  const sum = (pick: (entry: CostEntry) => number): number =>
    entries.reduce((total, entry) => total + pick(entry), 0);
  const measured = entries.length > 0 && entries.every((entry) => entry.usage.energyJ !== null);
  return {
    wallMs: sum(({ usage }) => usage.wallMs),
    cpuSeconds: sum(({ usage }) => usage.cpuSeconds),
    gpuSeconds: sum(({ usage }) => usage.gpuSeconds),
    tokensSampled: sum(({ usage }) => usage.tokensSampled),
    tokensTrained: sum(({ usage }) => usage.tokensTrained),
    flops: sum(({ usage }) => usage.flops),
    energyJ: measured ? sum(({ usage }) => usage.energyJ ?? 0) : null,
    totalUsd: sum(({ totalUsd }) => totalUsd),
  };
}
