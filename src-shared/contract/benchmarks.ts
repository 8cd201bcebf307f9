/** Benchmarks: those that tasks generate, imported sets, and running one on a model. */
import { z } from "zod";
import { BadLine, BenchmarkItem, BenchmarkSet, BenchmarkSetId } from "../schema/benchmark.ts";
import { RuntimeChoice } from "../schema/engine-protocol.ts";
import { PipelineId, RunSummary } from "../schema/run.ts";
import { procedure } from "./procedure.ts";

const MAX_FILE = 64 * 2 ** 20;

/** Where problems come from, and how completions are sampled and scored. */
export const BenchmarkProtocol = z.strictObject({
  task: z.string(),
  difficulties: z.array(z.int()),
  problems: z.int(),
  samples: z.int(),
  temperature: z.number(),
  topP: z.number(),
  topK: z.int(),
  maxTokens: z.int(),
  scoring: z.enum(["strict", "lenient"]),
});
export type BenchmarkProtocol = z.infer<typeof BenchmarkProtocol>;

export const benchmarks = {
  /** Every protocol that was run or is to be, with its runs newest first, and every imported set. */
  list: procedure.output(
    z.strictObject({
      protocols: z.array(
        z.strictObject({
          id: z.string(),
          protocol: BenchmarkProtocol,
          runs: z.array(z.strictObject({ run: RunSummary, label: z.string() })),
        }),
      ),
      sets: z.array(BenchmarkSet),
      /** Tasks that generate problems of their own, with the difficulties they have. */
      tasks: z.array(
        z.strictObject({
          name: z.string(),
          title: z.string(),
          difficulties: z.array(z.int()),
          difficultyUnit: z.string(),
        }),
      ),
    }),
  ),
  items: procedure
    .input(
      z.strictObject({
        id: BenchmarkSetId,
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(1000).default(100),
      }),
    )
    .output(z.strictObject({ total: z.int(), items: z.array(BenchmarkItem) })),
  /**
   * JSONL of {problem, answer}. Lines that cannot be used are listed; with some, nothing is
   * imported unless `skipBad` asks for the rest.
   */
  import: procedure
    .input(
      z.strictObject({
        id: BenchmarkSetId,
        name: z.string().min(1).max(200),
        text: z.string().max(MAX_FILE),
        instruction: z.string().max(2000).default(""),
        licence: z.string().max(500).default(""),
        source: z.string().max(500).default(""),
        skipBad: z.boolean().default(false),
      }),
    )
    .output(z.strictObject({ set: BenchmarkSet.nullable(), badLines: z.array(BadLine) })),
  /** Refused with CONFLICT while a run used it. */
  delete: procedure.input(z.strictObject({ id: BenchmarkSetId })).output(z.void()),
  /** Starts a recipe of one stage that measures a model. */
  run: procedure
    .input(
      z.strictObject({
        /** A model's id, name or folder. */
        model: z.string().min(1),
        /** An imported set's id, or a task's name. */
        benchmark: z.string().min(1),
        difficulties: z.array(z.int().min(1)).min(1).max(50).optional(),
        /** All problems of a set by default. */
        problems: z.int().min(1).max(100_000).optional(),
        samples: z.int().min(1).max(1024).default(4),
        temperature: z.number().min(0).default(1),
        topP: z.number().gt(0).max(1).default(1),
        topK: z.int().min(0).default(0),
        maxTokens: z.int().min(1).max(131_072).default(256),
        scoring: z.enum(["strict", "lenient"]).default("strict"),
        seed: z.int().min(0).default(0),
        runtime: RuntimeChoice.optional(),
      }),
    )
    .output(z.strictObject({ pipelineId: PipelineId })),
};
