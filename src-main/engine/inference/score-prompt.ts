/** Log-probabilities of a text's own tokens, and of the tokens that the model would have put there. */
import { hiddenStates, outputMatrix } from "../model/decoder.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { powerOfTwoAtLeast } from "#main/core/resources/cache-shape.ts";
import { MOST_ALTERNATIVES } from "./server-cache.ts";

/** Of tokens 1, 2 … of a sequence: nothing comes before the first. */
export type SequenceScores = {
  readonly logprobs: Float32Array;
  /** (T − 1, count): ids and log-probabilities, best first. */
  readonly top: {
    readonly count: number;
    readonly ids: Int32Array;
    readonly logprobs: Float32Array;
  };
};

const LEAST_COLUMNS = 32;
/** Tokens in one forward pass, at most, unless a single sequence has more. */
const TOKENS_AT_ONCE = 4096;
/** Numbers of logits in memory at once: 64 MiB. */
const LOGITS_AT_ONCE = 2 ** 24;

export class PromptScorer {
  readonly #model: LanguageModel;
  readonly #program: CompiledFunction;
  readonly #count: number;

  constructor(runtime: Runtime, model: LanguageModel) {
    this.#model = model;
    this.#count = Math.min(MOST_ALTERNATIVES, model.config.vocabSize);
    this.#program = runtime.compile("score", (...args) => this.#score(args));
  }

  /** How many of the sequences, from the first, go through one forward pass; they are of like length. */
  together(lengths: readonly number[]): number {
    const columns = columnsOf(lengths[0] ?? 0);
    const most = Math.max(1, Math.floor(TOKENS_AT_ONCE / columns));
    const other = lengths.findIndex((length) => columnsOf(length) !== columns);
    const count = Math.min(most, other < 0 ? lengths.length : other);
    // A power of two, so that programs are few and no row is padding.
    return 2 ** Math.floor(Math.log2(count));
  }

  /** Scores sequences of like length (see `together`), each of one token or more. */
  score(sequences: readonly (readonly number[])[]): SequenceScores[] {
    const t = columnsOf(Math.max(...sequences.map(({ length }) => length)));
    const b = sequences.length;
    const ids = new Int32Array(b * t);
    sequences.forEach((sequence, i) => ids.set(sequence, i * t));
    const input = tf.tensor(ids, [b, t], "int32");
    const outputs = this.#program(input);
    const [logprobs, topIds, topLogprobs] = outputs.map((tensor) => tensor.dataSync());
    for (const tensor of [input, ...outputs]) tensor.dispose();
    const count = this.#count;
    return sequences.map(({ length }, i) => {
      const of = (from: ArrayLike<number> | undefined, width: number): ArrayLike<number> =>
        Array.prototype.slice.call(from ?? [], i * t * width, (i * t + length - 1) * width);
      return {
        logprobs: Float32Array.from(of(logprobs, 1)),
        top: {
          count,
          ids: Int32Array.from(of(topIds, count)),
          logprobs: Float32Array.from(of(topLogprobs, count)),
        },
      };
    });
  }

  dispose(): void {
    this.#program.dispose();
  }

  /** ids (B, T) → log-probabilities (B·T) of the next token at each place, top ids and log-probabilities (B·T, count). */
  #score(args: readonly Tensor[]): Tensor[] {
    const [ids] = args as [Tensor];
    const [b, t] = ids.shape as [number, number];
    const { config } = this.#model;
    const weights = this.#model.read();
    const d = config.hiddenSize;
    const hidden = tf.reshape(hiddenStates(weights, config, ids), [b * t, d]);
    const output = outputMatrix(weights, config);
    const zeros = tf.zeros([b, 1], "int32");
    const next = tf.concat([tf.slice(ids, [0, 1], [b, t - 1]), zeros], 1);
    const targets = tf.reshape(next, [b * t]);
    const atOnce = Math.max(1, Math.floor(LOGITS_AT_ONCE / config.vocabSize));
    const parts = Array.from({ length: Math.ceil((b * t) / atOnce) }, (_, i) => {
      const first = i * atOnce;
      const rows = Math.min(atOnce, b * t - first);
      const logits = tf.matMul(tf.slice(hidden, [first, 0], [rows, d]), output, false, true);
      const logprobs = tf.logSoftmax(logits);
      const target = tf.reshape(tf.slice(targets, [first], [rows]), [rows, 1]);
      const { values, indices } = tf.topk(logprobs, this.#count);
      return [tf.reshape(tf.gather(logprobs, target, 1, 1), [rows]), indices, values] as const;
    });
    const join = (tensors: readonly Tensor[]): Tensor =>
      tensors.length === 1 && tensors[0] !== undefined ? tensors[0] : tf.concat([...tensors]);
    return [
      join(parts.map(([logprobs]) => logprobs)),
      join(parts.map(([, indices]) => indices)),
      join(parts.map(([, , values]) => values)),
    ];
  }
}

function columnsOf(length: number): number {
  return Math.max(LEAST_COLUMNS, powerOfTwoAtLeast(length));
}
