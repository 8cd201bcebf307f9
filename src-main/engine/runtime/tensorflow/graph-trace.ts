/**
 * An open trace: a TF_Graph to which operations are added instead of being executed.
 * Eager tensors met on the way become captured placeholders; created tensors become Const nodes.
 */
import { DType } from "./tensorflow-library.ts";
import type { Pointer, TensorFlowLibrary, TfOutput } from "./tensorflow-library.ts";
import type { Variable } from "../runtime.ts";

export type TensorFacts = { readonly shape: number[]; readonly dtype: number };

/** Ops whose inputs form one list; the second number counts the plain inputs after it. */
const LIST_INPUT_OPS: Readonly<Record<string, number>> = {
  ConcatV2: 1,
  Pack: 0,
  AddN: 0,
  Einsum: 0,
};

/** An op's attribute in TensorFlow.js's form; `type` is an AttrType. */
export type OpAttr = { readonly name: string; readonly type: number; readonly value: unknown };

export class GraphTrace {
  readonly graph: Pointer;
  /** Captured eager tensor or resource ids → their placeholders, in order of first use. */
  readonly captures = new Map<number, TfOutput>();
  /** Tensors with known values → their Const nodes. */
  readonly constants = new Map<number, TfOutput>();
  /** What each variable holds at this point of the trace, so that reads follow writes. */
  readonly variableValues = new Map<
    number,
    { readonly output: TfOutput | undefined; readonly lastOp: Pointer }
  >();
  /** Variables that the program changes. */
  readonly changed = new Set<Variable>();
  readonly #library: TensorFlowLibrary;
  #nodes = 0;

  constructor(library: TensorFlowLibrary) {
    this.#library = library;
    this.graph = library.c.TF_NewGraph();
  }

  get nodeCount(): number {
    return this.#nodes;
  }

  placeholder(facts: TensorFacts): TfOutput {
    const { c } = this.#library;
    const description: Pointer = c.TF_NewOperation(
      this.graph,
      "Placeholder",
      `in_${this.#nodes++}`,
    );
    c.TF_SetAttrType(description, "dtype", facts.dtype);
    c.TF_SetAttrShape(description, "shape", facts.shape.map(BigInt), facts.shape.length);
    return { oper: this.#finish(description, "Placeholder"), index: 0 };
  }

  capture(id: number, facts: TensorFacts): TfOutput {
    let output = this.captures.get(id);
    if (output === undefined) {
      output = this.placeholder(facts);
      this.captures.set(id, output);
    }
    return output;
  }

  /** A Const node; takes over `tensor` (a TF_Tensor) and deletes it. */
  constant(tensor: Pointer, dtype: number): TfOutput {
    const { c, status, check } = this.#library;
    const description: Pointer = c.TF_NewOperation(this.graph, "Const", `const_${this.#nodes++}`);
    c.TF_SetAttrTensor(description, "value", tensor, status);
    check(() => "constant");
    c.TF_SetAttrType(description, "dtype", dtype);
    const oper = this.#finish(description, "Const");
    c.TF_DeleteTensor(tensor);
    return { oper, index: 0 };
  }

  /** Adds an operation and returns its pointer. `controls` run before it. */
  operation(
    name: string,
    attrs: readonly OpAttr[],
    inputs: readonly TfOutput[],
    controls: readonly Pointer[] = [],
  ): Pointer {
    const { c } = this.#library;
    const description: Pointer = c.TF_NewOperation(this.graph, name, `${name}_${this.#nodes++}`);
    const trailing = LIST_INPUT_OPS[name];
    if (trailing === undefined) {
      for (const input of inputs) c.TF_AddInput(description, input);
    } else {
      const count = inputs.length - trailing;
      c.TF_AddInputList(description, inputs.slice(0, count), count);
      for (const input of inputs.slice(count)) c.TF_AddInput(description, input);
    }
    for (const control of controls) c.TF_AddControlInput(description, control);
    // The graph API derives N from the list itself.
    for (const attr of attrs)
      if (!(trailing !== undefined && attr.name === "N")) this.#setAttr(description, name, attr);
    return this.#finish(description, name, inputs);
  }

  setShape(output: TfOutput, shape: readonly number[]): void {
    const { c, status, check } = this.#library;
    c.TF_GraphSetTensorShape(this.graph, output, shape.map(BigInt), shape.length, status);
    check(() => `set shape [${shape.join(", ")}]`);
  }

  /** Shape and dtype as TensorFlow infers them. @throws where a dimension is unknown. */
  facts(output: TfOutput, what: string): TensorFacts {
    const { c, status, check } = this.#library;
    const rank: number = c.TF_GraphGetTensorNumDims(this.graph, output, status);
    check(() => `shape of ${what}`);
    if (rank < 0) throw new Error(`TensorFlow cannot infer the rank of ${what} while tracing`);
    const dims = new BigInt64Array(Math.max(rank, 1));
    c.TF_GraphGetTensorShape(this.graph, output, dims, rank, status);
    check(() => `shape of ${what}`);
    const shape = [...dims].slice(0, rank).map(Number);
    if (shape.some((d) => d < 0))
      throw new Error(
        `TensorFlow cannot infer the shape of ${what} while tracing: [${shape.join(", ")}]`,
      );
    return { shape, dtype: c.TF_OperationOutputType(output) };
  }

  /** Turns the graph into a TF_Function with the given inputs and outputs. */
  toFunction(name: string, inputs: readonly TfOutput[], outputs: readonly TfOutput[]): Pointer {
    const { c, status, check } = this.#library;
    const func: Pointer = c.TF_GraphToFunction(
      this.graph,
      name,
      0,
      -1,
      null,
      inputs.length,
      inputs,
      outputs.length,
      outputs,
      null,
      null,
      null,
      status,
    );
    check(() => `make function ${name}`);
    return func;
  }

  close(): void {
    this.#library.c.TF_DeleteGraph(this.graph);
  }

  #finish(description: Pointer, name: string, inputs: readonly TfOutput[] = []): Pointer {
    const { c, status, check } = this.#library;
    const oper: Pointer = c.TF_FinishOperation(description, status);
    check(() => `${name}(${inputs.map((input) => this.#describe(input)).join(", ")})`);
    return oper;
  }

  #describe(output: TfOutput): string {
    try {
      return `[${this.facts(output, "input").shape.join(", ")}]`;
    } catch {
      return "[?]";
    }
  }

  #setAttr(description: Pointer, op: string, { name, type, value }: OpAttr): void {
    const { c } = this.#library;
    switch (type) {
      case 6:
        c.TF_SetAttrType(description, name, value);
        break;
      case 5:
        c.TF_SetAttrBool(description, name, value === true || value === 1 ? 1 : 0);
        break;
      case 2:
        if (Array.isArray(value))
          c.TF_SetAttrIntList(description, name, value.map(BigInt), value.length);
        else c.TF_SetAttrInt(description, name, BigInt(Number(value)));
        break;
      case 3:
        c.TF_SetAttrFloat(description, name, value);
        break;
      case 1:
        c.TF_SetAttrString(description, name, value, Buffer.byteLength(String(value)));
        break;
      case 7:
        if (!Array.isArray(value)) throw new Error(`${op}: shape attribute ${name} is not a list`);
        c.TF_SetAttrShape(description, name, value.map(BigInt), value.length);
        break;
      default:
        throw new Error(`${op}: attribute ${name} has unknown type ${type}`);
    }
  }
}

/** Bytes of one element. @throws for types that have no fixed size here. */
export function elementBytes(dtype: number): number {
  switch (dtype) {
    case DType.float:
    case DType.int32:
      return 4;
    case DType.int64:
    case DType.complex64:
      return 8;
    case DType.bfloat16:
      return 2;
    case DType.bool:
    case DType.uint8:
      return 1;
    default:
      throw new Error(`tensors of TensorFlow type ${dtype} are not supported by the engine`);
  }
}
