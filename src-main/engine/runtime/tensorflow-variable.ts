/** A resource variable of TensorFlow: read and assigned at once, or in the open trace in program order. */
import type { OpAttr } from "./graph-trace.ts";
import { boolAttr, intAttr, typeAttr } from "./op-attrs.ts";
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
};

export class TensorFlowVariable implements Variable {
  readonly name: string;
  readonly shape: readonly number[];
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
      return this.#runtime.wrap(binding.executeOp("ReadVariableOp", attrs, [this.#id], 1));
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
    const valueId = this.#stored(value);
    this.#update(
      "AssignVariableOp",
      [typeAttr("dtype", this.#dtype)],
      [valueId],
      binding.trace === null ? undefined : binding.symbol(valueId),
    );
    if (binding.trace === null && this.#dtype !== DType.float) binding.deleteTensor(valueId);
  }

  writeColumn(at: Tensor, update: Tensor): void {
    const [rows = 0, , width = 0] = this.shape;
    const [begin, end, strides] = tf.tidy(() => {
      const zero = tf.scalar(0, "int32");
      const next = tf.add(at, tf.scalar(1, "int32"));
      return [
        tf.stack([zero, at, zero]),
        tf.stack([tf.scalar(rows, "int32"), next, tf.scalar(width, "int32")]),
        tf.tensor1d([1, 1, 1], "int32"),
      ] as const;
    });
    const attrs = [
      typeAttr("T", this.#dtype),
      typeAttr("Index", DType.int32),
      ...["begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"].map(
        (name) => intAttr(name, 0),
      ),
    ];
    const ids = [begin, end, strides, update].map((tensor) => this.#runtime.idOf(tensor));
    this.#update("ResourceStridedSliceAssign", attrs, ids);
    if (this.#runtime.binding.trace !== null) return;
    for (const tensor of [begin, end, strides]) tensor.dispose();
  }

  scatterRows(indices: Tensor, rows: Tensor): void {
    this.#update(
      "ResourceScatterUpdate",
      [typeAttr("dtype", DType.float), typeAttr("Tindices", DType.int32)],
      [this.#runtime.idOf(indices), this.#runtime.idOf(rows)],
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
      binding.executeStatement(op, attrs, ids);
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
  }

  /** The id of a value as this variable keeps it. */
  #stored(value: Tensor): number {
    const id = this.#runtime.idOf(value);
    if (this.#dtype === DType.float) return id;
    const attrs = [typeAttr("SrcT", DType.float), typeAttr("DstT", this.#dtype)];
    const [rounded] = this.#runtime.binding.executeOp("Cast", attrs, [id], 1);
    if (rounded === undefined) throw new Error("Cast gave no output");
    return rounded.id;
  }

  data(): Float32Array {
    const tensor = this.read();
    const values = tensor.dataSync();
    tensor.dispose();
    return values as Float32Array;
  }

  dispose(): void {
    const { binding } = this.#runtime;
    binding.executeStatement(
      "DestroyResourceOp",
      [boolAttr("ignore_lookup_error", true)],
      [this.#id],
    );
    binding.unpin(this.#id);
    binding.deleteTensor(this.#id);
  }
}
