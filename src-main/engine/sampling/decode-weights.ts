/**
 * The weights that decoding reads: what the model has at `refresh`, adapters added in, until `release`. Most stand in
 * the model's own memory. Matrices of products are kept a second time where that pays: rounded to bfloat16, half the
 * memory traffic of a decode step, which is what a step of few rows waits for; or, of a small model, in float32. They
 * then lie with their outputs first, as decode-layer.ts multiplies them.
 */
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { EMBEDDING, OUTPUT } from "../model/decoder.ts";
import type { Weights } from "../model/decoder.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { withPrecision } from "../runtime/matmul.ts";
import type { Runtime, Variable } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import { isSmall } from "#main/core/resources/cache-shape.ts";
import type { Precision } from "#main/core/resources/precision.ts";

export class DecodeWeights {
  readonly precision: Precision;
  readonly model: LanguageModel;
  readonly #variables: ReadonlyMap<string, Variable>;
  readonly #copied: ReadonlySet<string>;
  /** The source's changes when it was copied. */
  readonly #copiedAt = new Map<string, number>();

  /** @param runtime that decodes: the model's, or its lane */
  constructor(runtime: Runtime, model: LanguageModel, precision: Precision) {
    this.model = model;
    this.precision = precision;
    const copies =
      precision === "bfloat16" || (isSmall(model.parameters) && runtime.kind === "tensorflow");
    this.#copied = copies ? matricesOf(model) : new Set();
    this.#variables = new Map(
      [...new Set([...model.plainVariables.keys(), ...this.#copied])].map((name) => {
        const shape = this.#shapeOf(name);
        const kept = this.#copied.has(name) ? precision : "float32";
        return [name, runtime.emptyVariable(`decode.${name}`, shape, kept)];
      }),
    );
  }

  get config(): ModelConfig {
    return this.model.config;
  }

  /** The weights' values, to be called inside a compiled function. */
  read(): Weights {
    const values = [...this.#variables].map(([name, variable]) => [name, variable.read()] as const);
    return Object.assign(new Map(values), { outputFirst: this.#copied.size > 0 });
  }

  /** Runs `body` with its products at the weights' precision. */
  within<T>(body: () => T): T {
    return withPrecision(this.precision, body);
  }

  /** Takes the model's weights as they are now. */
  refresh(): void {
    for (const [name, variable] of this.#variables) {
      const source = this.#source(name);
      const changes = this.model.changesOf(source);
      if (this.#copied.has(name) && this.#copiedAt.get(name) === changes) continue;
      tf.tidy(() => {
        const value = this.model.merged(source);
        variable.assign(this.#isTurned(name) ? tf.transpose(value) : value);
      });
      this.#copiedAt.set(name, changes);
    }
  }

  /** Lets go of what stands in the model's memory: it would be kept when the model changes. */
  release(): void {
    for (const [name, variable] of this.#variables) if (!this.#copied.has(name)) variable.release();
  }

  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
  }

  /** The parameter whose values a weight has. */
  #source(name: string): string {
    return name === OUTPUT && this.config.tieWordEmbeddings ? EMBEDDING : name;
  }

  #isTurned(name: string): boolean {
    return this.#copied.has(name) && name !== OUTPUT;
  }

  #shapeOf(name: string): readonly number[] {
    const shape = this.model.plainVariables.get(this.#source(name))?.shape ?? [];
    return this.#isTurned(name) ? [...shape].reverse() : shape;
  }
}

/** The weights of a layer's seven products, and of the logits. */
function matricesOf(model: LanguageModel): Set<string> {
  const names = [...model.plainVariables.keys()].filter((name) => name.endsWith("_proj.weight"));
  return new Set([...names, OUTPUT]);
}

/** The precision that a model samples at where `bf16` is asked for. */
export function samplingPrecision({ kind }: Runtime, bf16: boolean): Precision {
  return bf16 && kind === "tensorflow" ? "bfloat16" : "float32";
}
