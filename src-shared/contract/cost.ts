/** The ledger. */
import { z } from "zod";
import { CostEntry, CostTotal, PriceList } from "../schema/cost.ts";
import { PipelineId } from "../schema/run.ts";
import { procedure } from "./errors.ts";

export const cost = {
  /** Of one pipeline, or of all, newest first. */
  report: procedure.input(z.strictObject({ pipelineId: PipelineId.optional() })).output(
    z.strictObject({
      prices: PriceList,
      pipelines: z.array(
        z.strictObject({
          pipelineId: PipelineId,
          name: z.string(),
          createdAtMs: z.number(),
          entries: z.array(CostEntry),
          total: CostTotal,
        }),
      ),
      total: CostTotal,
    }),
  ),
};
