/** The ledger: what was spent, what it bought, and what it would cost elsewhere. */
import { z } from "zod";
import {
  CostEntry,
  CostShares,
  CostTotal,
  CostYield,
  LedgerEntry,
  LedgerKind,
  PeopleTime,
  PriceChange,
  PriceList,
  Projection,
  ProjectionRequest,
  PublishedCost,
  Unpriced,
  UnpricedUse,
} from "../schema/cost.ts";
import { PipelineId } from "../schema/run.ts";
import { procedure } from "./procedure.ts";

export const cost = {
  /** Of one pipeline, or of all, newest first. */
  report: procedure.input(z.strictObject({ pipelineId: PipelineId.optional() })).output(
    z.strictObject({
      prices: PriceList,
      /** Newest first; the oldest are the prices that the workspace began with. */
      priceChanges: z.array(PriceChange),
      pipelines: z.array(
        z.strictObject({
          pipelineId: PipelineId,
          name: z.string(),
          createdAtMs: z.number(),
          entries: z.array(CostEntry),
          /** Of its runs. */
          total: CostTotal,
          /** Bought for it and corrections, without people's time. */
          boughtUsd: z.number(),
          /** Both together. */
          totalUsd: z.number(),
          ...Unpriced.shape,
          shares: CostShares,
          yield: CostYield,
        }),
      ),
      /** Entries that no run made, newest first. */
      ledger: z.array(LedgerEntry),
      /** Of `totalUsd`. */
      shares: CostShares,
      /** Runs, what was bought, corrections. */
      totalUsd: z.number(),
      /** What was asked of endpoints without prices, newest first. */
      unpriced: z.array(UnpricedUse),
      ...Unpriced.shape,
      people: PeopleTime,
    }),
  ),
  /** The report's sum alone, for what is always in view. */
  spent: procedure.output(z.strictObject({ totalUsd: z.number(), people: PeopleTime })),
  /** Writes an entry by hand. Entries are never edited; a correction may be negative. */
  add: procedure
    .input(
      z.strictObject({
        kind: LedgerKind,
        note: z.string().min(1).max(500),
        pipelineId: PipelineId.optional(),
        quantity: z.number(),
        unit: z.string().min(1).max(40),
        usdPerUnit: z.number().min(0),
        timeMs: z.number().optional(),
      }),
    )
    .output(LedgerEntry),
  /** A pipeline's stages elsewhere or at another size, from measured rates. A projection, not a measurement. */
  project: procedure.input(ProjectionRequest).output(Projection),
  /** Costs published elsewhere, with their sources. */
  published: procedure.output(z.array(PublishedCost)),
};
