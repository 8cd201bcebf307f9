/** Problem sets: what there is, problems by filter, import, export, and answers tried on their verifiers. */
import { z } from "zod";
import { BadLine } from "../schema/benchmark.ts";
import {
  ProblemImportOutcome,
  ProblemMapping,
  ProblemMappingParts,
} from "../schema/problem-import.ts";
import {
  ListedProblem,
  MeasuredModel,
  PassRateSpread,
  SampledCompletion,
  ProblemSetSummary,
  ProblemSetVersion,
  ProblemSort,
} from "../schema/problem-set.ts";
import { RuntimeChoice } from "../schema/engine-protocol.ts";
import { PipelineId } from "../schema/run.ts";
import { ProblemSetName, ProblemSplit, SetProblem, VerifierName } from "../schema/problem.ts";
import { DatasetFormat } from "../schema/dataset-format.ts";
import { procedure } from "./procedure.ts";

const path = z.string().min(1).max(4096);
/** A file on the host's machine, or one that was sent with `datasets.imports.upload`. */
const file = z.union([z.strictObject({ path }), z.strictObject({ uploadId: z.string() })]);
export type ProblemSourceFile = z.infer<typeof file>;

/** A version of a set; null: the newest. */
const version = z.int().min(1).nullable().default(null);
const one = z.strictObject({ set: ProblemSetName, version });
/** As text: "pass_rate:0.1..0.9 tag:algebra"; BAD_INPUT says what does not parse. */
const where = z.string().max(5000).default("");

/** How a file is read. */
const reading = {
  file,
  format: DatasetFormat.optional(),
  /** What was detected, with these parts instead. */
  mapping: ProblemMappingParts.optional(),
  verifier: VerifierName.optional(),
};

/** What a set's problems have in common with others. */
export const ProblemOverlap = z.strictObject({
  sets: z.array(
    z.strictObject({
      set: ProblemSetName,
      version: z.int(),
      /** Problems of the other set that ask the same but for case, spaces and signs. */
      same: z.int(),
      /** Problems of the other set that nearly repeat one of this. */
      near: z.int(),
      examples: z.array(z.strictObject({ id: z.string(), other: z.string(), same: z.boolean() })),
    }),
  ),
  /** Problems that a task holds out for its benchmarks. */
  heldOut: z.strictObject({
    problems: z.int(),
    examples: z.array(z.strictObject({ id: z.string(), task: z.string() })),
  }),
});
export type ProblemOverlap = z.infer<typeof ProblemOverlap>;

export const problems = {
  /** By name. */
  list: procedure.output(z.array(ProblemSetSummary)),
  get: procedure.input(one).output(
    z.strictObject({
      set: ProblemSetSummary,
      version: ProblemSetVersion,
      /** Newest first. */
      versions: z.array(ProblemSetVersion),
      tags: z.array(z.strictObject({ tag: z.string(), problems: z.int() })),
      difficulties: z.array(z.strictObject({ difficulty: z.int().nullable(), problems: z.int() })),
      /** Who was measured on the set, the last one first. */
      models: z.array(MeasuredModel),
    }),
  ),
  /** A page of a version's problems. */
  page: procedure
    .input(
      z.strictObject({
        ...one.shape,
        where,
        /** Whose pass rates count, by key or name; left out: the model measured last. */
        model: z.string().optional(),
        sort: ProblemSort.default("position"),
        descending: z.boolean().default(false),
        offset: z.int().min(0).default(0),
        limit: z.int().min(1).max(1000).default(100),
      }),
    )
    .output(z.strictObject({ total: z.int(), problems: z.array(ListedProblem) })),
  /** NOT_FOUND where the version has none of that id. */
  problem: procedure.input(z.strictObject({ ...one.shape, id: z.string() })).output(SetProblem),
  /** What models ever wrote to a problem of this id: in benchmarks and in the steps of GRPO, the newest runs first. */
  completions: procedure
    .input(
      z.strictObject({
        set: ProblemSetName,
        id: z.string(),
        limit: z.int().min(1).max(1000).default(100),
      }),
    )
    .output(z.strictObject({ total: z.int(), completions: z.array(SampledCompletion) })),
  /** What a file holds and how its first problems would come in. */
  inspect: procedure
    .input(z.strictObject({ ...reading, problems: z.int().min(1).max(200).default(20) }))
    .output(
      z.strictObject({
        name: z.string(),
        bytes: z.number(),
        format: DatasetFormat,
        mapping: ProblemMapping,
        columns: z.array(z.string()),
        example: z.record(z.string(), z.string()),
        problems: z.array(
          z.strictObject({
            line: z.int(),
            /** Its side is null where the whole file decides it. */
            problem: SetProblem.extend({ split: SetProblem.shape.split.nullable() }),
            /** Why its own verifier does not read the gold answer; null where it does. */
            goldRefusal: z.string().nullable(),
          }),
        ),
        read: z.int(),
        bad: z.array(BadLine),
      }),
    ),
  /**
   * The set's next version, or a new set; the newest version where that has these very problems. Where lines are bad and
   * `skipBad` is not set, nothing is imported and the version is null.
   */
  import: procedure
    .input(
      z.strictObject({
        ...reading,
        into: ProblemSetName,
        /** Held out by a hash of what is asked, of all problems on average; a column's sides are left aside. */
        testShare: z.number().min(0).max(1).optional(),
        skipBad: z.boolean().default(false),
        /** Left out: as the version before has it. */
        instruction: z.string().max(2000).optional(),
        licence: z.string().max(500).optional(),
        source: z.string().max(500).optional(),
      }),
    )
    .output(ProblemImportOutcome),
  /** CONFLICT, with the runs' names, while a run used it. */
  delete: procedure.input(z.strictObject({ set: ProblemSetName })).output(z.void()),
  /** CONFLICT where the file is there and `overwrite` is not set. */
  export: procedure
    .input(
      z.strictObject({
        ...one.shape,
        where,
        path,
        format: DatasetFormat,
        overwrite: z.boolean().default(false),
      }),
    )
    .output(
      z.strictObject({
        path: z.string(),
        problems: z.int(),
        bytes: z.number(),
        sha256: z.string(),
      }),
    ),
  /** What a problem's verifier says to a completion. */
  try: procedure
    .input(z.strictObject({ ...one.shape, id: z.string(), completion: z.string().max(1_000_000) }))
    .output(z.strictObject({ correct: z.boolean(), score: z.number(), detail: z.string() })),
  /** JSONL of {id, completion} into JSONL of {id, correct, score, detail}, line by line. */
  verify: procedure.input(z.strictObject({ ...one.shape, completions: path, out: path })).output(
    z.strictObject({
      out: z.string(),
      count: z.int(),
      correct: z.int(),
      /** Of the judging alone. */
      durationMs: z.number(),
    }),
  ),
  /**
   * Starts a pipeline that samples each problem with a model; when it ends, its pass rates stand with the set, by the
   * problems' content and the name of the model.
   */
  measure: procedure
    .input(
      z.strictObject({
        ...one.shape,
        /** A model's id, name or folder. */
        model: z.string().min(1),
        samples: z.int().min(1).max(1024),
        /** Left out: both sides. */
        split: ProblemSplit.optional(),
        where,
        temperature: z.number().min(0).default(1),
        topP: z.number().gt(0).max(1).default(1),
        maxTokens: z.int().min(1).max(131_072).default(256),
        scoring: z.enum(["strict", "lenient"]).default("lenient"),
        seed: z.int().min(0).default(0),
        runtime: RuntimeChoice.optional(),
      }),
    )
    .output(z.strictObject({ pipelineId: PipelineId })),
  /** How a model's pass rates are spread over a version's problems; null where nobody measured it. */
  passRates: procedure
    .input(z.strictObject({ ...one.shape, where, model: z.string().optional() }))
    .output(PassRateSpread.nullable()),
  /** Compares every problem with all other sets: seconds for 100,000. */
  overlap: procedure.input(one).output(ProblemOverlap),
};
