/**
 * Rollouts → micro-batches of like length. Each has as many rows as are computed, in few counts and few lengths, since
 * programs are traced for one shape each; and the places of the completions' tokens, of which alone logits are made.
 */
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { lengthBucket, placesBucket } from "#main/core/resources/length-buckets.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { rowsAtOnce } from "#main/core/resources/rows-at-once.ts";
import type { RowOptions } from "#main/core/resources/rows-at-once.ts";
import type { StepOptions } from "./trainer.ts";

/** Sampled ids are the completion's, the stop token included. */
export type SampledRow = {
  readonly promptIds: readonly number[];
  readonly completionIds: readonly number[];
};

export type PolicyBatch<R extends SampledRow = SampledRow> = {
  /** (B, T + 1), row-major. */
  readonly ids: Int32Array;
  readonly columns: number;
  readonly rows: readonly R[];
  /** Of each row in the list that was cut. */
  readonly indices: readonly number[];
  /** Where each row's completion begins among the computed places. */
  readonly starts: readonly number[];
  /** Computed places in the flattened (B·T), what fills them up included; null: all of them. */
  readonly places: Int32Array | null;
  /** How many those are. */
  readonly computed: number;
};

/** Counts of rows are the most that are computed together, a quarter of it, a sixteenth … down to one. */
const ROW_STEP = 4;

/**
 * The micro-batches of one optimizer step.
 * @param indices of the rows that are computed
 * @param moreHalvings of the rows computed together, beside those of the options
 */
export function stepBatches<R extends SampledRow>(
  config: ModelConfig,
  rows: readonly R[],
  options: Pick<StepOptions, "per_device_train_batch_size" | "gradient_checkpointing" | "halvings">,
  indices: readonly number[] = rows.map((_, i) => i),
  moreHalvings = 0,
): Generator<PolicyBatch<R>> {
  return policyBatches(config, rows, indices, {
    wanted: options.per_device_train_batch_size,
    recompute: options.gradient_checkpointing,
    halvings: (options.halvings ?? 0) + moreHalvings,
  });
}

/** Cuts those of `rows` that `indices` names, the longest first: a step's first gradient needs no sum beside it. */
export function* policyBatches<R extends SampledRow>(
  config: ModelConfig,
  rows: readonly R[],
  indices: readonly number[],
  { wanted, ...options }: RowOptions & { readonly wanted: number },
): Generator<PolicyBatch<R>> {
  const lengthOf = (i: number): number =>
    (rows[i]?.promptIds.length ?? 0) + (rows[i]?.completionIds.length ?? 0);
  const left = [...indices].sort((a, b) => lengthOf(b) - lengthOf(a) || a - b);
  while (left.length > 0) {
    const t = lengthBucket(lengthOf(left[0] ?? 0) - 1);
    let size = rowsAtOnce(config, t, wanted, options);
    while (size > left.length) size = Math.max(1, Math.floor(size / ROW_STEP));
    yield batchOf(rows, left.splice(0, size), t);
  }
}

function batchOf<R extends SampledRow>(
  all: readonly R[],
  indices: readonly number[],
  t: number,
): PolicyBatch<R> {
  const rows = indices.map((index) => all[index] as R);
  const ids = new Int32Array(rows.length * (t + 1));
  const asked: number[] = [];
  const listed: number[] = [];
  const inGrid = rows.map(({ promptIds, completionIds }, r) => {
    ids.set(promptIds, r * (t + 1));
    ids.set(completionIds, r * (t + 1) + promptIds.length);
    const first = r * t + promptIds.length - 1;
    listed.push(asked.length);
    completionIds.forEach((_, i) => asked.push(first + i));
    return first;
  });
  const everywhere = rows.length * t;
  const computed = placesBucket(asked.length, everywhere);
  const whole = computed === everywhere;
  return {
    ids,
    columns: t + 1,
    rows,
    indices,
    starts: whole ? inGrid : listed,
    places: whole ? null : Int32Array.from({ length: computed }, (_, i) => asked[i] ?? 0),
    computed,
  };
}

/** ids (B, T + 1), and places (N) where not all are computed. */
export function batchTensors({ ids, columns, rows, places }: PolicyBatch): Tensor[] {
  return [
    tf.tensor(ids, [rows.length, columns], "int32"),
    ...(places === null ? [] : [tf.tensor1d(places, "int32")]),
  ];
}
