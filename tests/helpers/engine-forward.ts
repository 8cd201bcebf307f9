/** Hidden states and token log-probabilities of whole sequences: the plain forward pass that other paths are compared with. */
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { hiddenStates, outputMatrix } from "#main/engine/model/decoder.ts";
import type { SequenceLayout } from "#main/engine/model/decoder.ts";
import type { LanguageModel } from "#main/engine/model/language-model.ts";
import { tokenLogprobs } from "#main/engine/model/token-logprobs.ts";
import type { Runtime } from "#main/engine/runtime/runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { Tensor } from "#main/engine/runtime/tf.ts";
import { Random } from "#main/platform/random.ts";
import { itemAt } from "./engine-model.ts";

export type Layout = {
  readonly positions: readonly (readonly number[])[];
};

/** Rows padded on the right with `pad`, as one int32 matrix. */
export function idMatrix(rows: readonly (readonly number[])[], pad = 0): Tensor {
  const columns = Math.max(...rows.map((row) => row.length));
  const values = new Int32Array(rows.length * columns).fill(pad);
  rows.forEach((row, i) => values.set(row, i * columns));
  return tf.tensor(values, [rows.length, columns], "int32");
}

/** Hidden states of each row, cut to the row's own length: length × hidden numbers each. */
export function hiddenOf(
  runtime: Runtime,
  model: LanguageModel,
  rows: readonly (readonly number[])[],
  layout?: Layout,
): Float32Array[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const program = runtime.compile("hidden", (...args) => {
    const [ids, positions] = args;
    const given: SequenceLayout = positions === undefined ? {} : { positions };
    return [hiddenStates(model.read(), model.config, ids ?? tf.scalar(0), given)];
  });
  const inputs = [idMatrix(rows)];
  if (layout !== undefined) inputs.push(idMatrix(layout.positions));
  const outputs = program(...inputs);
  const values = Float32Array.from(itemAt(outputs, 0).dataSync());
  tf.dispose([...inputs, ...outputs]);
  program.dispose();
  const width = model.config.hiddenSize;
  return rows.map((row, i) =>
    values.slice(i * columns * width, (i * columns + row.length) * width),
  );
}

/** log p(ids[t + 1] | ids[0..t]) at `temperature`, for each t of each row. */
export function logprobsOf(
  runtime: Runtime,
  model: LanguageModel,
  rows: readonly (readonly number[])[],
  temperature = 1,
): number[][] {
  const { hiddenSize } = model.config;
  const columns = Math.max(...rows.map((row) => row.length));
  const n = rows.length * (columns - 1);
  const program = runtime.compile("logprobs", (x) => {
    const ids = x ?? tf.scalar(0);
    const weights = model.read();
    const hidden = hiddenStates(weights, model.config, tf.slice(ids, [0, 0], [-1, columns - 1]));
    const targets = tf.reshape(tf.slice(ids, [0, 1], [-1, columns - 1]), [n]);
    const output = outputMatrix(weights, model.config);
    return [
      tokenLogprobs(tf.reshape(hidden, [n, hiddenSize]), output, targets, temperature).logprobs,
    ];
  });
  const ids = idMatrix(rows);
  const outputs = program(ids);
  const values = Array.from(itemAt(outputs, 0).dataSync());
  tf.dispose([ids, ...outputs]);
  program.dispose();
  return rows.map((row, i) => values.slice(i * (columns - 1), i * (columns - 1) + row.length - 1));
}

/** hidden states (count × hidden numbers) → logits over the whole vocabulary, one list for each. */
function project(model: LanguageModel, hidden: Float32Array): Float32Array[] {
  const { hiddenSize, vocabSize } = model.config;
  const count = hidden.length / hiddenSize;
  const states = tf.tensor2d(hidden, [count, hiddenSize]);
  const weights = model.read();
  const logits = tf.matMul(states, outputMatrix(weights, model.config), false, true);
  const values = Float32Array.from(logits.dataSync());
  tf.dispose([states, logits, ...weights.values()]);
  return Array.from({ length: count }, (_, i) => values.slice(i * vocabSize, (i + 1) * vocabSize));
}

/** Logits after each token of `ids`. */
export function logitsOf(
  runtime: Runtime,
  model: LanguageModel,
  ids: readonly number[],
): Float32Array[] {
  return project(model, itemAt(hiddenOf(runtime, model, [ids]), 0));
}

/** Logits after the last token of each row. */
export function lastLogitsOf(
  runtime: Runtime,
  model: LanguageModel,
  rows: readonly (readonly number[])[],
): Float32Array[] {
  const last = hiddenOf(runtime, model, rows).flatMap((hidden) =>
    Array.from(hidden.slice(-model.config.hiddenSize)),
  );
  return project(model, Float32Array.from(last));
}

/** Logits after the last token of `ids`. */
export function nextLogits(
  runtime: Runtime,
  model: LanguageModel,
  ids: readonly number[],
): Float32Array {
  return itemAt(lastLogitsOf(runtime, model, [ids]), 0);
}

/** `count` rows of random tokens with lengths between `shortest` and `longest`. */
export function randomRows(
  config: ModelConfig,
  count: number,
  shortest: number,
  longest: number,
  seed: number,
): number[][] {
  const random = new Random(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: random.int(shortest, longest) }, () =>
      random.int(3, config.vocabSize - 1),
    ),
  );
}
