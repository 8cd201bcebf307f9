/** Where a fine-tuning stage's examples come from: one source, or a mix with weights. */
import { z } from "zod";
import { MOST_WEIGHT, ProblemData } from "./problem-data.ts";

/** Of several: examples of it for each one of a source with weight 1. */
const weight = z.number().positive().max(MOST_WEIGHT).optional();

export const ExampleSource = z.union([
  /** Problems with their worked solutions. */
  z.strictObject({ source: ProblemData, examples: z.int().min(1), weight }),
  /** What an earlier stage kept. */
  z.strictObject({ stage: z.string(), weight }),
  /** A published version of a dataset of the workspace, or a JSONL file. */
  z.strictObject({ dataset: z.string(), weight }),
]);
export type ExampleSource = z.infer<typeof ExampleSource>;

/** Where the examples come from that a stage is measured on: one source, never learned from, each example once. */
export const HeldOutSource = z.union([
  /** Problems of the held-out side, with their worked solutions. */
  z.strictObject({ source: ProblemData, examples: z.int().min(1) }),
  z.strictObject({ stage: z.string() }),
  z.strictObject({ dataset: z.string() }),
]);
export type HeldOutSource = z.infer<typeof HeldOutSource>;

/** Of several, an epoch ends when each has been gone through once; shorter ones begin again meanwhile. */
export const ExampleData = z.union([ExampleSource, z.array(ExampleSource).min(1)]);
export type ExampleData = z.infer<typeof ExampleData>;

export interface PlacedSource {
  readonly source: ExampleSource;
  /** In the stage: `["data"]`, or `["data", 1]` in a list. */
  readonly keys: readonly (string | number)[];
}

export function exampleSources(data: ExampleData): readonly PlacedSource[] {
  return Array.isArray(data)
    ? data.map((source, at) => ({ source, keys: ["data", at] }))
    : [{ source: data, keys: ["data"] }];
}

type StageExamples = {
  readonly data: ExampleData;
  readonly eval_data?: HeldOutSource | undefined;
  readonly eval_steps?: number | undefined;
};

/** The source that a stage is measured on while it learns from others; undefined where there is none, or nothing is measured. */
export function heldOutSource(stage: StageExamples): PlacedSource | undefined {
  const { eval_steps: every, eval_data: source } = stage;
  return every === undefined || source === undefined ? undefined : { source, keys: ["eval_data"] };
}

/** All that a stage reads: what it learns from, then what it is measured on. */
export function allExampleSources(stage: StageExamples): readonly PlacedSource[] {
  const heldOut = heldOutSource(stage);
  return [...exampleSources(stage.data), ...(heldOut === undefined ? [] : [heldOut])];
}

/** The stage with another source for each. */
export function withExampleSources<S extends StageExamples>(
  stage: S,
  other: (source: ExampleSource) => ExampleSource,
): S {
  const { data, eval_data: heldOut } = stage;
  return {
    ...stage,
    data: Array.isArray(data) ? data.map(other) : other(data),
    ...(heldOut === undefined ? {} : { eval_data: HeldOutSource.parse(other(heldOut)) }),
  };
}
