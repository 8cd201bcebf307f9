import type { Variable } from "./runtime.ts";
import { tf } from "./tf.ts";
import type { Tensor } from "./tf.ts";

/** A variable on backends that have none of their own: a tensor that each assignment replaces. */
export class HostedVariable implements Variable {
  readonly name: string;
  readonly shape: readonly number[];
  changes = 0;
  #value: Tensor | null = null;

  constructor(name: string, shape: readonly number[], values: Float32Array | Tensor | null) {
    this.name = name;
    this.shape = shape;
    if (values === null) return;
    this.#value = tf.keep(
      values instanceof Float32Array ? tf.tensor(values, [...shape], "float32") : values.clone(),
    );
  }

  read(): Tensor {
    return this.#held().clone();
  }

  assign(value: Tensor): void {
    if (value.shape.join() !== this.shape.join()) {
      throw new Error(
        `variable ${this.name} has shape [${this.shape.join(", ")}], the new value [${value.shape.join(", ")}]`,
      );
    }
    const before = this.#value;
    this.#value = tf.keep(value.clone());
    this.changes++;
    before?.dispose();
  }

  release(): void {
    this.#value?.dispose();
    this.#value = null;
  }

  writeColumn(at: Tensor, update: Tensor): void {
    const updated = tf.tidy(() => {
      const value = this.#held();
      const columns = value.shape[1] ?? 0;
      const here = tf.equal(tf.range(0, columns, 1, "int32"), at);
      const spread = tf.broadcastTo(update, value.shape);
      return tf.where(tf.reshape(here, [1, columns, 1]), spread, value);
    });
    this.assign(updated);
    updated.dispose();
  }

  scatterRows(indices: Tensor, rows: Tensor): void {
    const values = this.data();
    const width = values.length / (this.shape[0] ?? 1);
    const source = rows.dataSync();
    Array.from(indices.dataSync()).forEach((row, i) =>
      values.set(source.subarray(i * width, (i + 1) * width), row * width),
    );
    const updated = tf.tensor(values, [...this.shape], "float32");
    this.assign(updated);
    updated.dispose();
  }

  data(): Float32Array {
    return Float32Array.from(this.#held().dataSync());
  }

  dispose(): void {
    this.release();
  }

  #held(): Tensor {
    if (this.#value === null) throw new Error(`variable ${this.name} has no value`);
    return this.#value;
  }
}
