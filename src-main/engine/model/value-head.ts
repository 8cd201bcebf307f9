/**
 * A model that says, beside what comes next, how much reward is still to come: a matrix on its last hidden states, as
 * transformers' ForSequenceClassification has it with one label (`score.weight`, without a bias), which TRL takes as value
 * model. It begins at zero instead of at random: until it has learnt anything, nothing is expected.
 */
import type { TensorSource } from "#main/core/formats/safetensors.ts";
import type { Runtime, Variable } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { weight } from "./decoder.ts";
import type { Weights } from "./decoder.ts";
import { LanguageModel, readLater } from "./language-model.ts";

export const VALUE_HEAD = "score.weight";

/** hidden (N, D) → values (N) of the states behind those tokens, in the reward's unit. */
export function tokenValues(weights: Weights, hidden: Tensor): Tensor {
  return tf.reshape(tf.matMul(hidden, weight(weights, VALUE_HEAD), false, true), [-1]);
}

/** A model and its head: what is trained of the model, and the head. The model stays whose it was. */
export class ModelWithValueHead extends LanguageModel {
  readonly trunk: LanguageModel;
  readonly head: Variable;
  readonly #trainable: ReadonlyMap<string, Variable>;

  constructor(runtime: Runtime, trunk: LanguageModel) {
    super(trunk.config, trunk.variables);
    const { hiddenSize } = trunk.config;
    this.trunk = trunk;
    this.head = runtime.variable(VALUE_HEAD, [1, hiddenSize], new Float32Array(hiddenSize));
    this.#trainable = new Map([...trunk.trainable, [VALUE_HEAD, this.head]]);
  }

  override get parameters(): number {
    return this.trunk.parameters + this.config.hiddenSize;
  }

  override get trainable(): ReadonlyMap<string, Variable> {
    return this.#trainable;
  }

  override get plainVariables(): ReadonlyMap<string, Variable> {
    return this.trunk.plainVariables;
  }

  override merged(name: string): Tensor {
    return this.trunk.merged(name);
  }

  override changesOf(name: string): number {
    return this.trunk.changesOf(name);
  }

  override get usesNoise(): boolean {
    return this.trunk.usesNoise;
  }

  override weightsWith(trained: ReadonlyMap<string, Tensor>, noise?: Tensor): Weights {
    return this.trunk.weightsWith(trained, noise);
  }

  override read(): Weights {
    return new Map([...this.trunk.read(), [VALUE_HEAD, this.head.read()]]);
  }

  /** The head alone, for a checkpoint. */
  *headTensors(): Generator<readonly [string, TensorSource]> {
    yield [VALUE_HEAD, readLater(VALUE_HEAD, this.head.shape, () => this.head.data())];
  }

  /** Puts back what `headTensors` gave. */
  restoreHead(read: (name: string) => Float32Array): void {
    const value = tf.tensor(read(VALUE_HEAD), [...this.head.shape], "float32");
    this.head.assign(value);
    value.dispose();
  }

  /** Of the head alone. */
  override dispose(): void {
    this.head.dispose();
  }
}
