/** What the policy's objective takes of a micro-batch, token by token. */
import { assertNever } from "#shared/errors.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { GrpoInput } from "../objectives/grpo.ts";
import { batchTensors } from "./policy-batches.ts";
import type { PolicyBatch } from "./policy-batches.ts";
import type { PolicyRow, RowLogprobs } from "./policy-row.ts";

/** Of each completion of the step. */
export type TokenInputs = {
  readonly logprobs: readonly RowLogprobs[];
  /** What each token of the completion weighs in the loss. */
  readonly weights: Float64Array;
  /** 1 on tokens that the policy's loss is of; null: all. */
  readonly kept: readonly Float32Array[] | null;
  /** What each kept token's entropy is taken off the loss by. */
  readonly entropyWeights: Float64Array;
  /** What a token's value loss weighs in the critic's. */
  readonly valueWeights: Float64Array;
};

/** ids, then those of the named inputs, each (N) of the computed places, then the places where not all are. */
export function policyInputs(
  names: readonly GrpoInput[],
  given: TokenInputs,
  batch: PolicyBatch<PolicyRow>,
): Tensor[] {
  const grids = names.map((name) => {
    const values = new Float32Array(batch.computed);
    batch.rows.forEach((row, r) => {
      const from = batch.starts[r] ?? 0;
      fill(values, name, { row, r, from, index: batch.indices[r] ?? 0 }, given);
    });
    return name === "rowOf" ? tf.tensor1d(values, "int32") : tf.tensor1d(values);
  });
  const [ids, ...places] = batchTensors(batch);
  return [ids as Tensor, ...grids, ...places];
}

type At = {
  readonly row: PolicyRow;
  /** In the micro-batch, and in the step. */
  readonly r: number;
  readonly index: number;
  readonly from: number;
};

function fill(
  values: Float32Array,
  name: GrpoInput,
  { row, r, from, index }: At,
  { logprobs, weights, kept, entropyWeights, valueWeights }: TokenInputs,
): void {
  const to = from + row.completionIds.length;
  const set = (tokens: ArrayLike<number> | null | undefined): void => {
    if (tokens) values.set(tokens, from);
  };
  switch (name) {
    case "mask":
      values.fill(1, from, to);
      break;
    case "weight":
      values.fill(weights[index] ?? 0, from, to);
      break;
    case "advantages":
      if (row.tokenAdvantages === undefined) values.fill(row.advantage, from, to);
      else set(row.tokenAdvantages);
      break;
    case "old":
      set(logprobs[index]?.old);
      break;
    case "reference":
      set(logprobs[index]?.reference);
      break;
    case "sampled":
      set(row.sampledLogprobs);
      break;
    case "rowOf":
      values.fill(r, from, to);
      break;
    case "kept":
      set(kept?.[index]);
      break;
    case "entropyWeight": {
      const weight = entropyWeights[index] ?? 0;
      if (kept === null) values.fill(weight, from, to);
      else set(kept[index]?.map((one) => one * weight));
      break;
    }
    case "values":
      set(row.critic?.values);
      break;
    case "returns":
      set(row.critic?.returns);
      break;
    case "valueWeight":
      values.fill(valueWeights[index] ?? 0, from, to);
      break;
    default:
      assertNever(name);
  }
}
