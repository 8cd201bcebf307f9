/** A resource variable of TensorFlow: read and assigned at once, or in the open trace in program order. */
import type { OpAttr } from "./graph-trace.ts";
import { boolAttr, typeAttr } from "./op-attrs.ts";
import type { Variable } from "../runtime.ts";
import type { TensorBinding, TensorMetadata } from "./tensor-binding.ts";
import { DType } from "./tensorflow-library.ts";
import type { TfOutput } from "./tensorflow-library.ts";
import { tf } from "../tf.ts";
import type { Tensor } from "../tf.ts";

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
  readonly host: VariableHost;
  readonly id: number;
  readonly #dtype: number;

  constructor(
    host: VariableHost,
    name: string,
    shape: readonly number[],
    id: number,
    dtype: number = DType.float,
  ) {
    this.host = host;
    this.name = name;
    this.shape = shape;
    this.id = id;
    this.#dtype = dtype;
  }

  read(): Tensor {
    const { binding } = this.host;
    const facts = { shape: [...this.shape], dtype: this.#dtype };
    const attrs = [typeAttr("dtype", this.#dtype)];
    const trace = binding.trace;
    if (trace === null)
      return this.host.wrap(
        this.host.within(() => binding.executeOp("ReadVariableOp", attrs, [this.id], 1)),
      );
    const known = trace.variableValues.get(this.id);
    if (known?.output !== undefined)
      return this.host.wrap([binding.addSymbol(known.output, this.name, facts)]);
    const oper = trace.operation(
      "ReadVariableOp",
      attrs,
      [binding.symbol(this.id)],
      known === undefined ? [] : [known.lastOp],
    );
    const output = { oper, index: 0 };
    trace.setShape(output, this.shape);
    trace.variableValues.set(this.id, { output, lastOp: oper });
    return this.host.wrap([binding.addSymbol(output, this.name, facts)]);
  }

  assign(value: Tensor): void {
    if (value.shape.join() !== this.shape.join()) {
      throw new Error(
        `variable ${this.name} has shape [${this.shape.join(", ")}], the new value [${value.shape.join(", ")}]`,
      );
    }
    const { binding } = this.host;
    tf.tidy(() => {
      const stored = this.#stored(value);
      this.#assign(
        stored,
        binding.trace === null ? undefined : binding.symbol(this.host.idOf(stored)),
      );
    });
  }

  release(): void {
    tf.tidy(() => {
      this.#assign(this.#stored(tf.zeros([0])));
    });
  }

  /** @param value `stored` in the open trace, where later readings may take it from there */
  #assign(stored: Tensor, value?: TfOutput): void {
    changeVariables("AssignVariableOp", [typeAttr("dtype", this.#dtype)], [this], [stored], value);
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
    const { binding } = this.host;
    const ids = [x, indices, this.#stored(rows)].map((tensor) => this.host.idOf(tensor));
    return this.host.wrap(binding.executeOp("InplaceUpdate", [typeAttr("T", this.#dtype)], ids, 1));
  }

  /** A value as this variable keeps it. */
  #stored(value: Tensor): Tensor {
    const id = this.host.idOf(value);
    const { binding } = this.host;
    if (binding.facts(id).dtype === this.#dtype) return value;
    const attrs = [typeAttr("SrcT", DType.float), typeAttr("DstT", this.#dtype)];
    return this.host.wrap(binding.executeOp("Cast", attrs, [id], 1));
  }

  data(): Float32Array {
    const tensor = this.read();
    const values = tensor.dataSync();
    tensor.dispose();
    return values as Float32Array;
  }

  dispose(): void {
    const { binding } = this.host;
    const attrs = [boolAttr("ignore_lookup_error", true)];
    this.host.within(() => binding.executeStatement("DestroyResourceOp", attrs, [this.id]));
    binding.unpin(this.id);
    binding.deleteTensor(this.id);
  }
}

/**
 * Runs an operation that changes variables, its first inputs: at once, or in the trace after what touched each of them
 * before.
 * @param value what they hold afterwards, where the trace knows it
 */
export function changeVariables(
  op: string,
  attrs: readonly OpAttr[],
  variables: readonly [TensorFlowVariable, ...TensorFlowVariable[]],
  inputs: readonly Tensor[],
  value?: TfOutput,
): void {
  const { host } = variables[0];
  const { binding } = host;
  const ids = [...variables.map(({ id }) => id), ...inputs.map((input) => host.idOf(input))];
  const { trace } = binding;
  if (trace === null) {
    host.within(() => binding.executeStatement(op, attrs, ids));
    for (const variable of variables) variable.changes++;
    return;
  }
  const before = variables.flatMap(({ id }) => trace.variableValues.get(id)?.lastOp ?? []);
  const symbols = ids.map((id) => binding.symbol(id));
  const lastOp = trace.operation(op, attrs, symbols, before);
  for (const variable of variables) {
    trace.variableValues.set(variable.id, { output: value, lastOp });
    trace.changed.add(variable);
  }
}
