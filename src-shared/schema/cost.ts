/** What work costs: the editable price list and the ledger's entries. Amounts are US dollars. */
import { z } from "zod";
import { Usage } from "./engine-protocol.ts";
import { PipelineId, RunId } from "./run.ts";

/**
 * Prices a user can edit. The defaults price a rented machine, where power is part of the rent; who
 * owns the machine sets the first two to its write-off per hour and `usdPerKWh` to the tariff.
 */
export const PriceList = z.strictObject({
  /** One virtual core for an hour. Default: half the on-demand price of a two-core compute instance (AWS c7i.large, us-east-1, 0.08925 USD an hour). */
  usdPerCpuCoreHour: z.number().min(0).default(0.0446),
  /** One GPU for an hour. Default: the rate at which DeepSeek-V3's report (arXiv 2412.19437, table 1) prices an H800. */
  usdPerGpuHour: z.number().min(0).default(2),
  /** Electric energy, counted where the machine's counters can be read. Default 0: the rent includes it. */
  usdPerKWh: z.number().min(0).default(0),
  /** An hour of a person who writes or checks examples. Default: a contractor's rate, to be replaced by one's own. */
  humanUsdPerHour: z.number().min(0).default(40),
});
export type PriceList = z.infer<typeof PriceList>;

/** What one run used so far and what that is worth. One entry a run; later reports of the run replace it. */
export const CostEntry = z.strictObject({
  runId: RunId,
  pipelineId: PipelineId,
  stageName: z.string(),
  kind: z.string(),
  timeMs: z.number(),
  usage: Usage,
  /** Prices at the time of the entry: a later change of the list does not rewrite the past. */
  prices: PriceList,
  computeUsd: z.number(),
  /** null: energy was not measured. */
  energyUsd: z.number().nullable(),
  totalUsd: z.number(),
});
export type CostEntry = z.infer<typeof CostEntry>;

/** Sums of several entries. Energy is null unless every entry has it. */
export const CostTotal = z.strictObject({
  wallMs: z.number(),
  cpuSeconds: z.number(),
  gpuSeconds: z.number(),
  tokensSampled: z.int(),
  tokensTrained: z.int(),
  flops: z.number(),
  energyJ: z.number().nullable(),
  totalUsd: z.number(),
});
export type CostTotal = z.infer<typeof CostTotal>;
