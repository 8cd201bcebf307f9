/**
 * TensorFlow.js's Node binding (TFJSBinding of tfjs-node) on TensorFlow's C API.
 * Outside a trace ops run at once; inside one they are added to the trace's graph.
 */
import { hostTensor, setEagerAttr } from "./eager-inputs.ts";
import type { GraphTrace, OpAttr, TensorFacts } from "./graph-trace.ts";
import { AttrType, DType, viewMemory } from "./tensorflow-library.ts";
import type { Pointer, TensorFlowLibrary, TfOutput } from "./tensorflow-library.ts";

export type TensorMetadata = {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
};
export type HostValues = Float32Array | Int32Array | Uint8Array;

/** `constant`: made inside a trace from values on the host, so it stands for a Const node in whatever trace uses it. */
type Entry =
  | {
      readonly kind: "eager";
      readonly handle: Pointer;
      readonly facts: TensorFacts;
      readonly constant: boolean;
    }
  | {
      readonly kind: "symbolic";
      readonly output: TfOutput;
      readonly trace: GraphTrace;
      readonly facts: TensorFacts;
    };

export class TensorBinding {
  readonly TF_FLOAT = DType.float;
  readonly TF_INT32 = DType.int32;
  readonly TF_INT64 = DType.int64;
  readonly TF_BOOL = DType.bool;
  readonly TF_COMPLEX64 = DType.complex64;
  readonly TF_STRING = DType.string;
  readonly TF_RESOURCE = DType.resource;
  readonly TF_UINT8 = DType.uint8;
  readonly TF_ATTR_STRING = AttrType.string;
  readonly TF_ATTR_INT = AttrType.int;
  readonly TF_ATTR_FLOAT = AttrType.float;
  readonly TF_ATTR_BOOL = AttrType.bool;
  readonly TF_ATTR_TYPE = AttrType.type;
  readonly TF_ATTR_SHAPE = AttrType.shape;
  readonly TF_ATTR_RESOURCE = 0;
  readonly TF_Version: string;
  readonly library: TensorFlowLibrary;
  readonly #entries = new Map<number, Entry>();
  /** Handles that variables and compiled functions hold, and how many do. */
  readonly #pins = new Map<number, number>();
  /** Tensors disposed of while pinned: deleted when the last pin goes. */
  readonly #doomed = new Set<number>();
  readonly #gpu: boolean;
  #nextId = 1;
  #trace: GraphTrace | null = null;
  #context: Pointer;

  constructor(library: TensorFlowLibrary) {
    this.library = library;
    this.#context = library.context;
    this.TF_Version = library.version;
    this.#gpu = library.devices.some((device) => device.type === "GPU");
  }

  get trace(): GraphTrace | null {
    return this.#trace;
  }

  isUsingGpuDevice(): boolean {
    return this.#gpu;
  }

  getNumOfTensors(): number {
    return this.#entries.size;
  }

  getNumOfSavedModels(): number {
    return 0;
  }

  /** Runs `body` with ops going to `trace`; traces nest (the functions of a loop). */
  withTrace<T>(trace: GraphTrace, body: () => T): T {
    const outer = this.#trace;
    this.#trace = trace;
    try {
      return body();
    } finally {
      this.#trace = outer;
    }
  }

  /** Runs `body` with eager ops in another context than the library's first. */
  within<T>(context: Pointer, body: () => T): T {
    const outer = this.#context;
    this.#context = context;
    try {
      return body();
    } finally {
      this.#context = outer;
    }
  }

  createTensor(
    shape: number[],
    dtype: number,
    values: ArrayLike<number> & { readonly buffer?: ArrayBufferLike },
  ): number {
    const { c, status, check } = this.library;
    const tensor = hostTensor(this.library, shape, dtype, values);
    const handle: Pointer = c.TFE_NewTensorHandle(tensor, status);
    check(() => `tensor [${shape.join(", ")}]`);
    c.TF_DeleteTensor(tensor);
    return this.#eager(handle, { shape, dtype }, this.#trace !== null);
  }

  deleteTensor(id: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    if (this.#pins.has(id)) {
      this.#doomed.add(id);
      return;
    }
    this.#entries.delete(id);
    if (entry.kind === "eager") this.library.c.TFE_DeleteTensorHandle(entry.handle);
  }

  /** Keeps an eager tensor alive, whatever happens to the tensor, until `unpin` was called as often. */
  pin(id: number): void {
    this.#pins.set(id, (this.#pins.get(id) ?? 0) + 1);
  }

  unpin(id: number): void {
    const left = (this.#pins.get(id) ?? 0) - 1;
    if (left > 0) {
      this.#pins.set(id, left);
      return;
    }
    this.#pins.delete(id);
    if (this.#doomed.delete(id)) this.deleteTensor(id);
  }

  tensorDataSync(id: number): HostValues {
    const { c, status, check } = this.library;
    const entry = this.#entry(id);
    if (entry.kind === "symbolic") {
      throw new Error(
        "A tensor's value was read while tracing a compiled function; read it from the function's outputs instead.",
      );
    }
    const tensor: Pointer = c.TFE_TensorHandleResolve(entry.handle, status);
    check(() => `read tensor [${entry.facts.shape.join(", ")}]`);
    const bytes = Number(c.TF_TensorByteSize(tensor));
    const copy =
      bytes === 0 ? new ArrayBuffer(0) : viewMemory(c.TF_TensorData(tensor), bytes).slice(0);
    c.TF_DeleteTensor(tensor);
    switch (entry.facts.dtype) {
      case DType.float:
        return new Float32Array(copy);
      case DType.int32:
        return new Int32Array(copy);
      case DType.int64:
        return Int32Array.from(new BigInt64Array(copy), Number);
      case DType.bool:
      case DType.uint8:
        return new Uint8Array(copy);
      default:
        throw new Error(`a tensor of TensorFlow type ${entry.facts.dtype} cannot be read`);
    }
  }

  executeOp(
    name: string,
    attrs: readonly OpAttr[],
    inputIds: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    const trace = this.#trace;
    const actual = this.#withActualTypes(attrs, inputIds);
    if (trace === null) return this.#executeEager(name, actual, inputIds, outputs);
    const oper = trace.operation(
      name,
      actual,
      inputIds.map((id) => this.symbol(id)),
    );
    return Array.from({ length: outputs }, (_, index) => this.addSymbol({ oper, index }, name));
  }

  /** A tensor again, in a trace with a control dependency on what makes another. */
  identityAfter(id: number, cause: number): TensorMetadata {
    const { shape, dtype } = this.facts(id);
    const attrs: OpAttr[] = [{ name: "T", type: AttrType.type, value: dtype }];
    const trace = this.#trace;
    if (trace === null) {
      const [out] = this.#executeEager("Identity", attrs, [id], 1);
      if (out === undefined) throw new Error("Identity gave no output");
      return out;
    }
    const oper = trace.operation("Identity", attrs, [this.symbol(id)], [this.symbol(cause).oper]);
    return this.addSymbol({ oper, index: 0 }, "Identity", { shape, dtype });
  }

  /** Executes an op that has no outputs we keep, on eager handles. */
  executeStatement(name: string, attrs: readonly OpAttr[], inputIds: readonly number[]): void {
    this.#executeEager(name, attrs, inputIds, 0);
  }

  /** The graph output that stands for tensor `id` in the open trace: an eager tensor is captured, a constant becomes a node. */
  symbol(id: number): TfOutput {
    const trace = this.#trace;
    if (trace === null) throw new Error("no trace is open");
    const entry = this.#entry(id);
    if (entry.kind === "eager" && entry.constant)
      return this.#constant(trace, id, entry.handle, entry.facts.dtype);
    if (entry.kind === "eager") return trace.capture(id, entry.facts);
    if (entry.trace !== trace) {
      throw new Error(
        "A tensor made inside one compiled function was used in another; make constants before compiling.",
      );
    }
    return entry.output;
  }

  /** Registers a graph output as a tensor of the open trace. */
  addSymbol(output: TfOutput, what: string, facts?: TensorFacts): TensorMetadata {
    const trace = this.#trace;
    if (trace === null) throw new Error("no trace is open");
    const known = facts ?? trace.facts(output, what);
    return shown(this.#symbolic(output, trace, known), known);
  }

  facts(id: number): TensorFacts {
    return this.#entry(id).facts;
  }

  loadSavedModel(): number {
    throw new Error("SavedModels are not supported");
  }

  deleteSavedModel(): void {
    throw new Error("SavedModels are not supported");
  }

  runSavedModel(): TensorMetadata[] {
    throw new Error("SavedModels are not supported");
  }

  /** Makes a resource variable's handle; returns its id. */
  createVariableHandle(name: string, shape: readonly number[], dtype: number): number {
    const attrs: OpAttr[] = [
      { name: "dtype", type: AttrType.type, value: dtype },
      { name: "shape", type: AttrType.shape, value: [...shape] },
      { name: "shared_name", type: AttrType.string, value: name },
      { name: "container", type: AttrType.string, value: "" },
    ];
    const [meta] = this.#executeEager("VarHandleOp", attrs, [], 1);
    if (meta === undefined) throw new Error("VarHandleOp gave no handle");
    return meta.id;
  }

  #entry(id: number): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Error(`tensor ${id} was already disposed`);
    return entry;
  }

  #eager(handle: Pointer, facts: TensorFacts, constant = false): number {
    const id = this.#nextId++;
    this.#entries.set(id, { kind: "eager", handle, facts, constant });
    return id;
  }

  #constant(trace: GraphTrace, id: number, handle: Pointer, dtype: number): TfOutput {
    const known = trace.constants.get(id);
    if (known !== undefined) return known;
    const { c, status, check } = this.library;
    const tensor: Pointer = c.TFE_TensorHandleResolve(handle, status);
    check(() => "constant");
    const output = trace.constant(tensor, dtype);
    trace.constants.set(id, output);
    return output;
  }

  #symbolic(output: TfOutput, trace: GraphTrace, facts: TensorFacts): number {
    const id = this.#nextId++;
    this.#entries.set(id, { kind: "symbolic", output, trace, facts });
    return id;
  }

  /**
   * Runs a function on a thread of the process's pool, all its kernels on that thread as far as the context's own
   * threads allow. Inputs may be disposed of at once.
   */
  async executeAside(
    name: string,
    inputIds: readonly number[],
    outputs: number,
  ): Promise<TensorMetadata[]> {
    const { c } = this.library;
    const op = this.#newOp(name, [], inputIds);
    try {
      const executor = "SINGLE_THREADED_EXECUTOR";
      c.TFE_OpSetAttrString(op, "executor_type", executor, executor.length);
      const handles: Pointer[] = Array.from({ length: outputs }, () => null);
      try {
        await this.library.executeAside(op, handles);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`TensorFlow: ${name}: ${reason}`, { cause: error });
      }
      return handles.map((handle) => this.#output(name, handle));
    } finally {
      c.TFE_DeleteOp(op);
    }
  }

  #executeEager(
    name: string,
    attrs: readonly OpAttr[],
    inputIds: readonly number[],
    outputs: number,
  ): TensorMetadata[] {
    const { c, status, check } = this.library;
    const op = this.#newOp(name, attrs, inputIds);
    try {
      const handles: Pointer[] = Array.from({ length: outputs }, () => null);
      c.TFE_Execute(op, handles, [outputs], status);
      check(
        () =>
          `${name}(${inputIds.map((id) => `[${this.#entry(id).facts.shape.join(", ")}]`).join(", ")})`,
      );
      return handles.map((handle) => this.#output(name, handle));
    } finally {
      c.TFE_DeleteOp(op);
    }
  }

  /** An op with its attributes and inputs, to be executed and deleted. */
  #newOp(name: string, attrs: readonly OpAttr[], inputIds: readonly number[]): Pointer {
    const { c, status, check } = this.library;
    const op: Pointer = c.TFE_NewOp(this.#context, name, status);
    check(() => name);
    try {
      for (const attr of attrs) setEagerAttr(this.library, op, name, attr);
      for (const id of inputIds) {
        const entry = this.#entry(id);
        if (entry.kind === "symbolic")
          throw new Error(`${name}: a tensor of a finished trace was used outside it`);
        c.TFE_OpAddInput(op, entry.handle, status);
        check(() => name);
      }
      return op;
    } catch (error) {
      c.TFE_DeleteOp(op);
      throw error;
    }
  }

  #output(name: string, handle: Pointer): TensorMetadata {
    const { c, status, check } = this.library;
    const rank: number = c.TFE_TensorHandleNumDims(handle, status);
    check(() => name);
    const shape = Array.from({ length: rank }, (_, i) =>
      Number(c.TFE_TensorHandleDim(handle, i, status)),
    );
    const dtype: number = c.TFE_TensorHandleDataType(handle);
    return shown(this.#eager(handle, { shape, dtype }), { shape, dtype });
  }

  /** TensorFlow.js knows no bfloat16 and calls its tensors float32: an op's type is that of what it is given. */
  #withActualTypes(attrs: readonly OpAttr[], inputIds: readonly number[]): readonly OpAttr[] {
    const [first] = inputIds;
    if (first === undefined || this.facts(first).dtype !== DType.bfloat16) return attrs;
    return attrs.map((attr) =>
      (attr.name === "T" || attr.name === "Tparams") && attr.value === DType.float
        ? { ...attr, value: DType.bfloat16 }
        : attr,
    );
  }
}

/** What TensorFlow.js is told of a tensor: it knows no bfloat16 and takes it for float32. */
function shown(id: number, { shape, dtype }: TensorFacts): TensorMetadata {
  return { id, shape, dtype: dtype === DType.bfloat16 ? DType.float : dtype };
}
