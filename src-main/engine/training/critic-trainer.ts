/**
 * A critic that is a model of its own: it gives each token's value, and learns by the clipped loss alone, with an optimizer
 * and a gradient norm of its own. Its rows are computed as the policy's are (policy-batches.ts).
 */
import type { CriticOptions } from "#shared/schema/critic-options.ts";
import type { ModelWithValueHead } from "../model/value-head.ts";
import { tokenWeights } from "../objectives/aggregation.ts";
import { criticObjective, sequenceValues } from "../objectives/critic.ts";
import { withPrecision } from "../runtime/matmul.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { batchTensors, stepBatches } from "./policy-batches.ts";
import type { PolicyBatch } from "./policy-batches.ts";
import type { PolicyRow } from "./policy-row.ts";
import type { PolicyOptions } from "./policy-trainer.ts";
import { optimizerOf, Trainer } from "./trainer.ts";
import type { StepOptions } from "./trainer.ts";

export type CriticTrainerOptions = StepOptions &
  Pick<PolicyOptions, "mask_truncated_completions" | "max_completion_length"> &
  Pick<CriticOptions, "vf_coef" | "cliprange_value">;

export type CriticStep = {
  /** Mean value loss of a token, before vf_coef. */
  readonly loss: number;
  /** Share of tokens at which the clip counts. */
  readonly clipped: number;
  readonly gradNorm: number;
  /** Tokens of the rows that were trained on. */
  readonly trainedLengths: readonly number[];
};

export class CriticTrainer {
  readonly model: ModelWithValueHead;
  readonly #options: CriticTrainerOptions;
  readonly #trainer: Trainer;
  readonly #scores: CompiledFunction;

  constructor(runtime: Runtime, model: ModelWithValueHead, options: CriticTrainerOptions) {
    this.model = model;
    this.#options = options;
    const precision = options.bf16 ? "bfloat16" : "float32";
    this.#scores = runtime.compile("score_values", (...args) => {
      const [ids, places] = args as [Tensor, Tensor?];
      return [
        withPrecision(precision, () => sequenceValues(model.read(), model.config, ids, { places })),
      ];
    });
    const learnt = { ...options, recompute: options.gradient_checkpointing };
    this.#trainer = new Trainer(runtime, model, criticObjective(model.config, learnt), {
      ...optimizerOf(options),
      precision,
    });
  }

  get optimizer(): Trainer["optimizer"] {
    return this.#trainer.optimizer;
  }

  /** By row, of the state before each of its completion's tokens, in the reward's unit. */
  score(rows: readonly PolicyRow[]): Float32Array[] {
    const values = rows.map(() => new Float32Array());
    for (const batch of stepBatches(this.model.config, rows, this.#options)) {
      const inputs = batchTensors(batch);
      const [made] = this.#scores(...inputs);
      const all = made?.dataSync() as Float32Array;
      for (const tensor of [...inputs, ...(made === undefined ? [] : [made])]) tensor.dispose();
      batch.indices.forEach((index, r) => {
        const from = batch.starts[r] ?? 0;
        values[index] = all.slice(from, from + (rows[index]?.completionIds.length ?? 0));
      });
    }
    return values;
  }

  /** One optimizer step on the rows that have a target; `step` counts from 0. */
  step(
    rows: readonly PolicyRow[],
    learningRate: number,
    step: number,
    moreHalvings = 0,
  ): CriticStep {
    const options = this.#options;
    const lengths = rows.map(({ critic, completionIds, finished }) =>
      critic === undefined || (options.mask_truncated_completions && !finished)
        ? 0
        : completionIds.length,
    );
    const weights = tokenWeights(lengths, {
      lossType: "bnpo",
      maxCompletionLength: options.max_completion_length,
      microBatch: options.per_device_train_batch_size,
    });
    const active = rows.flatMap((_, i) => (lengths[i] === 0 ? [] : [i]));
    const trainedLengths: number[] = [];
    let [loss, clipped, part] = [0, 0, 0];
    for (const batch of stepBatches(this.model.config, rows, options, active, moreHalvings)) {
      const inputs = valueInputs(batch, weights);
      try {
        const [, ownLoss, ownClipped] = this.#trainer.accumulate(inputs, [step, part++]);
        loss += ownLoss ?? 0;
        clipped += ownClipped ?? 0;
      } finally {
        for (const tensor of inputs) tensor.dispose();
      }
      trainedLengths.push(
        ...batch.rows.map((row) => row.promptIds.length + row.completionIds.length),
      );
    }
    const gradNorm = this.#trainer.apply(learningRate, step);
    return { loss, clipped, gradNorm, trainedLengths };
  }

  dispose(): void {
    this.#scores.dispose();
    this.#trainer.dispose();
  }
}

function valueInputs(batch: PolicyBatch<PolicyRow>, weights: Float64Array): Tensor[] {
  const grid = (
    put: (values: Float32Array, row: PolicyRow, from: number, index: number) => void,
  ) => {
    const values = new Float32Array(batch.computed);
    batch.rows.forEach((row, r) => {
      put(values, row, batch.starts[r] ?? 0, batch.indices[r] ?? 0);
    });
    return tf.tensor1d(values);
  };
  const old = grid((values, { critic }, from) => {
    if (critic !== undefined) values.set(critic.values, from);
  });
  const returns = grid((values, { critic }, from) => {
    if (critic !== undefined) values.set(critic.returns, from);
  });
  const weight = grid((values, { completionIds }, from, index) => {
    values.fill(weights[index] ?? 0, from, from + completionIds.length);
  });
  const [ids, ...places] = batchTensors(batch);
  return [ids as Tensor, old, returns, weight, ...places];
}
