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
  /** An hour of a person who writes or checks examples; null: not valued, until somebody sets a rate. */
  humanUsdPerHour: z.number().min(0).nullable().default(null),
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

/** Costs that no engine process makes: api and rent are bought, human is a person's time, correction mends an earlier entry. */
export const LedgerKind = z.enum(["api", "human", "rent", "correction"]);
export type LedgerKind = z.infer<typeof LedgerKind>;

/** One line of the ledger beside the runs' own. Never edited: a mistake is mended by a correction. */
export const LedgerEntry = z.strictObject({
  id: z.int(),
  timeMs: z.number(),
  kind: LedgerKind,
  note: z.string(),
  /** The pipeline it belongs to, where it belongs to one. */
  pipelineId: PipelineId.nullable(),
  quantity: z.number(),
  /** What is counted, e.g. "h", "M tokens". */
  unit: z.string(),
  usdPerUnit: z.number(),
  totalUsd: z.number(),
  /** measured: by this program's own clock or counter. */
  how: z.enum(["measured", "metered", "by hand"]),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** What was asked of an endpoint that has no price: what it cost is in no sum. */
export const UnpricedUse = z.strictObject({
  /** The pipeline that it was asked for, where it was asked for one. */
  pipelineId: PipelineId.nullable(),
  /** What it was asked for, e.g. "teacher", "generated data" or a judge's name. */
  purpose: z.string(),
  endpoint: z.string(),
  model: z.string(),
  requests: z.int(),
  /** As far as the endpoint counts them. */
  promptTokens: z.int(),
  completionTokens: z.int(),
  /** Of the last request. */
  timeMs: z.number(),
});
export type UnpricedUse = z.infer<typeof UnpricedUse>;

/** All of it together. */
export const Unpriced = z.strictObject({
  unpricedRequests: z.int(),
  /** Prompts and completions. */
  unpricedTokens: z.int(),
});
export type Unpriced = z.infer<typeof Unpriced>;

/** Prices as they were from a moment on. */
export const PriceChange = z.strictObject({ timeMs: z.number(), prices: PriceList });
export type PriceChange = z.infer<typeof PriceChange>;

/** Where a pipeline's money went. Sampling of GRPO is its share of the steps' time, from the measured rates. */
export const CostShares = z.strictObject({
  samplingUsd: z.number(),
  trainingUsd: z.number(),
  evaluationUsd: z.number(),
  apiUsd: z.number(),
  otherUsd: z.number(),
});
export type CostShares = z.infer<typeof CostShares>;

/** People's time, which is no part of what was spent. */
export const PeopleTime = z.strictObject({
  /** Measured sittings in which at least one record was decided. */
  reviewHours: z.number(),
  /** Of what has a rate, and of entries by hand; null where nothing has. */
  usd: z.number().nullable(),
});
export type PeopleTime = z.infer<typeof PeopleTime>;

/** What a pipeline's spending bought. Null where nothing of the kind was bought. */
export const CostYield = z.strictObject({
  /** Records that sampling stages kept, and the dollars those stages cost. */
  acceptedSamples: z.int().nullable(),
  usdPerAcceptedSample: z.number().nullable(),
  /** Training dollars for each point of pass@1 between the first benchmark and the best, by the interval of the difference. */
  usdPerPoint: z
    .strictObject({ value: z.number(), low: z.number(), high: z.number().nullable() })
    .nullable(),
});
export type CostYield = z.infer<typeof CostYield>;

/** A cost that was published elsewhere. */
export const PublishedCost = z.strictObject({
  run: z.string(),
  usd: z.number().nullable(),
  /** What it was computed from. */
  basis: z.string(),
  result: z.string().nullable(),
  source: z.string(),
});
export type PublishedCost = z.infer<typeof PublishedCost>;

/** A pipeline's stages on another machine or at another size: worked out from measured rates, never measured. */
export const ProjectionRequest = z.strictObject({
  pipelineId: PipelineId,
  /** Factors on what was measured. */
  weights: z.number().positive().max(1e6).default(1),
  tokens: z.number().positive().max(1e6).default(1),
  steps: z.number().positive().max(1e6).default(1),
  /** How many times as fast as this machine the other one is. */
  speed: z.number().positive().max(1e6).default(1),
  /** All that an hour of the other machine costs; without it this machine's prices count. */
  usdPerHour: z.number().min(0).optional(),
});
export type ProjectionRequest = z.infer<typeof ProjectionRequest>;

const Range = z.strictObject({ low: z.number(), value: z.number(), high: z.number() });

export const ProjectedStage = z.strictObject({
  runId: RunId,
  stageName: z.string(),
  kind: z.string(),
  measuredMs: z.number(),
  measuredUsd: z.number(),
  durationMs: Range,
  usd: Range,
  /** Finished runs of this kind whose rates give the range; with one there is none. */
  ratesFrom: z.int(),
});
export type ProjectedStage = z.infer<typeof ProjectedStage>;

export const Projection = z.strictObject({
  stages: z.array(ProjectedStage),
  measuredMs: z.number(),
  measuredUsd: z.number(),
  durationMs: Range,
  usd: Range,
  /** How it was worked out, in a sentence. */
  basis: z.string(),
});
export type Projection = z.infer<typeof Projection>;
