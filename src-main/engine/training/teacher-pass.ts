/** A frozen teacher beside the model that is trained: its hidden states at a batch's places, from which logits are made. */
import { lengthBucket } from "#main/core/resources/length-buckets.ts";
import type { Precision } from "#main/core/resources/precision.ts";
import { rowsToScore } from "#main/core/resources/rows-at-once.ts";
import { EMBEDDING, hiddenStates, OUTPUT } from "../model/decoder.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { withPrecision } from "../runtime/matmul.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

export class TeacherPass {
  readonly #model: LanguageModel;
  readonly #hidden: CompiledFunction;
  readonly #pick: CompiledFunction;

  constructor(runtime: Runtime, model: LanguageModel, precision: Precision) {
    this.#model = model;
    this.#hidden = runtime.compile("teacher", (...args) => {
      const [ids] = args as [Tensor];
      const [b, columns] = ids.shape as [number, number];
      const inputs = tf.slice(ids, [0, 0], [b, columns - 1]);
      const hidden = withPrecision(precision, () =>
        hiddenStates(model.read(), model.config, inputs),
      );
      return [tf.reshape(hidden, [b * (columns - 1), model.config.hiddenSize])];
    });
    this.#pick = runtime.compile("teacher_places", (...args) => {
      const [places, ...parts] = args as [Tensor, ...Tensor[]];
      return [tf.gather(tf.concat(parts), places)];
    });
  }

  /** The output matrix (V, D), to be called inside a compiled function. */
  output(): Tensor {
    const { variables } = this.#model;
    const variable = variables.get(OUTPUT) ?? variables.get(EMBEDDING);
    if (variable === undefined) throw new Error("the teacher has no output matrix");
    return variable.read();
  }

  /**
   * ids (B, T + 1) row-major, places (N) in the flattened (B·T) → (N, D), the caller's to dispose of. As many rows go
   * together as fit, so that a large teacher takes no more memory than the student's step.
   */
  hidden(ids: Int32Array, columns: number, places: Int32Array): Tensor {
    const rows = ids.length / columns;
    const together = rowsToScore(this.#model.config, lengthBucket(columns - 1), rows);
    const parts: Tensor[] = [];
    for (let first = 0; first < rows; first += together) {
      const part = ids.subarray(first * columns, (first + together) * columns);
      const given = tf.tensor(part, [part.length / columns, columns], "int32");
      parts.push(...this.#hidden(given));
      given.dispose();
    }
    const asked = tf.tensor1d(places, "int32");
    const [hidden] = this.#pick(asked, ...parts);
    for (const tensor of [asked, ...parts]) tensor.dispose();
    if (hidden === undefined) throw new Error("the teacher gave no hidden states");
    return hidden;
  }

  dispose(): void {
    this.#hidden.dispose();
    this.#pick.dispose();
  }
}
