/** A resource variable of TensorFlow: read and assigned at once, or in the open trace in program order. */
import { boolAttr, typeAttr } from "./op-attrs.ts";
import type { Variable } from "./runtime.ts";
import type { TensorBinding, TensorMetadata } from "./tensor-binding.ts";
import { DType } from "./tensorflow-library.ts";
import type { Pointer } from "./tensorflow-library.ts";
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

  constructor(runtime: VariableHost, name: string, shape: readonly number[], id: number) {
    this.#runtime = runtime;
    this.name = name;
    this.shape = shape;
    this.#id = id;
  }

  read(): Tensor {
    const { binding } = this.#runtime;
    const facts = { shape: [...this.shape], dtype: DType.float };
    const attrs = [typeAttr("dtype", DType.float)];
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
    const attrs = [typeAttr("dtype", DType.float)];
    const valueId = this.#runtime.idOf(value);
    const trace = binding.trace;
    if (trace === null) {
      binding.executeStatement("AssignVariableOp", attrs, [this.#id, valueId]);
      return;
    }
    const before = trace.variableValues.get(this.#id);
    const output = binding.symbol(valueId);
    const controls: Pointer[] = before === undefined ? [] : [before.lastOp];
    const lastOp = trace.operation(
      "AssignVariableOp",
      attrs,
      [binding.symbol(this.#id), output],
      controls,
    );
    trace.variableValues.set(this.#id, { output, lastOp });
  }

  scatterRows(indices: Tensor, rows: Tensor): void {
    const { binding } = this.#runtime;
    const attrs = [typeAttr("dtype", DType.float), typeAttr("Tindices", DType.int32)];
    const ids = [this.#id, this.#runtime.idOf(indices), this.#runtime.idOf(rows)];
    const trace = binding.trace;
    if (trace === null) {
      binding.executeStatement("ResourceScatterUpdate", attrs, ids);
      return;
    }
    const before = trace.variableValues.get(this.#id);
    const lastOp = trace.operation(
      "ResourceScatterUpdate",
      attrs,
      ids.map((id) => binding.symbol(id)),
      before === undefined ? [] : [before.lastOp],
    );
    trace.variableValues.set(this.#id, { output: undefined, lastOp });
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
