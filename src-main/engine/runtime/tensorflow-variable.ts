/** A resource variable of TensorFlow: read and assigned at once, or in the open trace in program order. */
import type { OpAttr } from "./graph-trace.ts";
import { boolAttr, typeAttr } from "./op-attrs.ts";
import type { Variable } from "./runtime.ts";
import type { TensorBinding, TensorMetadata } from "./tensor-binding.ts";
import { DType } from "./tensorflow-library.ts";
import type { TfOutput } from "./tensorflow-library.ts";
import { tf } from "./tf.ts";
import type { Tensor } from "./tf.ts";

/** What a variable needs of its runtime. */
export type VariableHost = {
  readonly binding: TensorBinding;
  idOf(tensor: Tensor): number;
  wrap(outputs: readonly TensorMetadata[]): Tensor;
  /** Runs `body` with eager ops in the context that the variable lives in. */
  within<T>(body: () => T): T;
};

export class TensorFlowVariable implements Variable {
  readonly name: string;
  readonly shape: readonly number[];
  changes = 0;
  readonly #runtime: VariableHost;
  readonly #id: number;
  readonly #dtype: number;

  constructor(
    runtime: VariableHost,
    name: string,
    shape: readonly number[],
    id: number,
    dtype: number = DType.float,
  ) {
    this.#runtime = runtime;
    this.name = name;
    this.shape = shape;
    this.#id = id;
    this.#dtype = dtype;
  }

  read(): Tensor {
    const { binding } = this.#runtime;
    const facts = { shape: [...this.shape], dtype: this.#dtype };
    const attrs = [typeAttr("dtype", this.#dtype)];
    const trace = binding.trace;
    if (trace === null)
      return this.#runtime.wrap(
        this.#runtime.within(() => binding.executeOp("ReadVariableOp", attrs, [this.#id], 1)),
      );
    const known = trace.variableValues.get(this.#id);
    if (known?.output !== undefined)
      return this.#runtime.wrap([binding.addSymbol(known.output, this.name, facts)]);
    const oper = trace.operation(
      "ReadVariableOp",
      attrs,
      [binding.symbol(this.#id)],
      known === undefined ? [] : [known.lastOp],
    );
    const output = { oper, index: 0 };
    trace.setShape(output, this.shape);
    trace.variableValues.set(this.#id, { output, lastOp: oper });
    return this.#runtime.wrap([binding.addSymbol(output, this.name, facts)]);
  }

  assign(value: Tensor): void {
    if (value.shape.join() !== this.shape.join()) {
      throw new Error(
        `variable ${this.name} has shape [${this.shape.join(", ")}], the new value [${value.shape.join(", ")}]`,
      );
    }
    const { binding } = this.#runtime;
    tf.tidy(() => {
      const id = this.#runtime.idOf(this.#stored(value));
      this.#update(
        "AssignVariableOp",
        [typeAttr("dtype", this.#dtype)],
        [id],
        binding.trace === null ? undefined : binding.symbol(id),
      );
    });
  }

  release(): void {
    tf.tidy(() => {
      const none = this.#runtime.idOf(this.#stored(tf.zeros([0])));
      this.#update("AssignVariableOp", [typeAttr("dtype", this.#dtype)], [none]);
    });
  }

  writeColumn(at: Tensor, update: Tensor): void {
    const [rows = 0, columns = 0, width = 0] = this.shape;
    tf.tidy(() => {
      const firsts = tf.mul(tf.range(0, rows, 1, "int32"), tf.scalar(columns, "int32"));
      const lines = tf.reshape(this.read(), [rows * columns, width]);
      const written = this.#inPlace(lines, tf.add(firsts, at), tf.reshape(update, [rows, width]));
      this.assign(tf.reshape(written, [...this.shape]));
    });
  }

  scatterRows(indices: Tensor, rows: Tensor): void {
    tf.tidy(() => {
      this.assign(this.#inPlace(this.read(), indices, rows));
    });
  }

  /**
   * x with `rows` at `indices` of its first axis, written into x's own memory. ResourceScatterUpdate and
   * ResourceStridedSliceAssign write in place too, but from then on every reading copies the whole variable.
   */
  #inPlace(x: Tensor, indices: Tensor, rows: Tensor): Tensor {
    const { binding } = this.#runtime;
    const ids = [x, indices, this.#stored(rows)].map((tensor) => this.#runtime.idOf(tensor));
    return this.#runtime.wrap(
      binding.executeOp("InplaceUpdate", [typeAttr("T", this.#dtype)], ids, 1),
    );
  }

  /**
   * Runs an operation that changes the variable: at once, or in the trace after what touched the variable before.
   * @param value the variable's value afterwards, where the trace knows it
   */
  #update(op: string, attrs: readonly OpAttr[], inputs: readonly number[], value?: TfOutput): void {
    const { binding } = this.#runtime;
    const trace = binding.trace;
    const ids = [this.#id, ...inputs];
    if (trace === null) {
      this.#runtime.within(() => binding.executeStatement(op, attrs, ids));
      this.changes++;
      return;
    }
    const before = trace.variableValues.get(this.#id);
    const lastOp = trace.operation(
      op,
      attrs,
      ids.map((id) => binding.symbol(id)),
      before === undefined ? [] : [before.lastOp],
    );
    trace.variableValues.set(this.#id, { output: value, lastOp });
    trace.changed.add(this);
  }

  /** A value as this variable keeps it. */
  #stored(value: Tensor): Tensor {
    const id = this.#runtime.idOf(value);
    const { binding } = this.#runtime;
    if (binding.facts(id).dtype === this.#dtype) return value;
    const attrs = [typeAttr("SrcT", DType.float), typeAttr("DstT", this.#dtype)];
    return this.#runtime.wrap(binding.executeOp("Cast", attrs, [id], 1));
  }

  data(): Float32Array {
    const tensor = this.read();
    const values = tensor.dataSync();
    tensor.dispose();
    return values as Float32Array;
  }

  dispose(): void {
    const { binding } = this.#runtime;
    const attrs = [boolAttr("ignore_lookup_error", true)];
    this.#runtime.within(() => binding.executeStatement("DestroyResourceOp", attrs, [this.#id]));
    binding.unpin(this.#id);
    binding.deleteTensor(this.#id);
  }
}
