/** Where a fine-tuning stage's examples come from: one source, or a mix with weights. */
import { z } from "zod";
import { ProblemData } from "./problem-data.ts";

/** Of several: examples of it for each one of a source with weight 1. */
const weight = z.number().positive().optional();

export const ExampleSource = z.union([
  /** Problems with their worked solutions. */
  z.strictObject({ source: ProblemData, examples: z.int().min(1), weight }),
  /** What an earlier stage kept. */
  z.strictObject({ stage: z.string(), weight }),
  /** A published version of a dataset of the workspace, or a JSONL file. */
  z.strictObject({ dataset: z.string(), weight }),
]);
export type ExampleSource = z.infer<typeof ExampleSource>;

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

/** The data with another source for each. */
export function withExampleSources(
  data: ExampleData,
  other: (source: ExampleSource) => ExampleSource,
): ExampleData {
  return Array.isArray(data) ? data.map(other) : other(data);
}
