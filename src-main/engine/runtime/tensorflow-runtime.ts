/**
 * The TensorFlow backend: TensorFlow.js's own Node kernels on the C API, with tracing and XLA.
 */
import { availableParallelism } from "node:os";
import { eagerLoop } from "./eager-loop.ts";
import { GraphTrace } from "./graph-trace.ts";
import type { OpAttr } from "./graph-trace.ts";
import type { Precision } from "./matmul.ts";
import { replaceAt } from "./replace-at.ts";
import type {
  CompiledFunction,
  CompileOptions,
  LoopBody,
  LoopCondition,
  Runtime,
  Variable,
} from "./runtime.ts";
import { TensorBinding } from "./tensor-binding.ts";
import type { TensorMetadata } from "./tensor-binding.ts";
import { DType, openTensorFlowLibrary } from "./tensorflow-library.ts";
import type { Pointer, TensorFlowLibrary } from "./tensorflow-library.ts";
import { registerKernels } from "./register-kernels.ts";
import type { NodeBackend } from "./register-kernels.ts";
import { TensorFlowVariable } from "./tensorflow-variable.ts";
import { typeAttr } from "./op-attrs.ts";
import { tf } from "./tf.ts";
import type { Tensor } from "./tf.ts";

/** AttrValue { b: true } of _XlaMustCompile, serialized. */
const XLA_MUST_COMPILE = Uint8Array.from([0x28, 0x01]);

type Program = {
  readonly name: string;
  readonly captured: readonly number[];
  readonly outputs: number;
  /** Variables that it changes. */
  readonly changed: ReadonlySet<{ changes: number }>;
  readonly func: Pointer;
};

/**
 * Up to this many threads a sampler's rows are divided among lanes. With more, what every lane reads of its own, all
 * weights, was not measured against kernels that share them.
 */
const MOST_LANES = 4;

type Backing = {
  readonly library: TensorFlowLibrary;
  readonly binding: TensorBinding;
  readonly backend: NodeBackend;
};

/** Of a process: names of variables and functions are never used twice. */
const count = { variables: 0, functions: 0 };

class TensorFlowRuntime implements Runtime {
  readonly kind = "tensorflow" as const;
  readonly version: string;
  readonly device: string;
  readonly usesGpu: boolean;
  readonly threads: number;
  readonly warnings: string[] = [];
  readonly lanes: number;
  readonly lane: Runtime;
  readonly binding: TensorBinding;
  readonly #library: TensorFlowLibrary;
  readonly #backend: NodeBackend;
  readonly #context: Pointer;
  /** Whether the open trace will be compiled by XLA. */
  #tracingForXla = false;

  /** @param context its own, for a lane's runtime */
  constructor({ library, binding, backend }: Backing, threads: number, context?: Pointer) {
    this.#library = library;
    this.binding = binding;
    this.#backend = backend;
    this.version = library.version;
    const gpu = library.devices.find((device) => device.type === "GPU");
    this.device = gpu === undefined ? "CPU" : gpu.name;
    this.usesGpu = gpu !== undefined;
    this.threads = threads > 0 ? threads : availableParallelism();
    this.#context = context ?? library.context;
    const divides =
      context === undefined && !this.usesGpu && this.threads > 1 && this.threads <= MOST_LANES;
    this.lanes = divides ? this.threads : 1;
    this.lane = divides
      ? new TensorFlowRuntime({ library, binding, backend }, 1, library.openContext(1, this.lanes))
      : this;
  }

  idOf(tensor: Tensor): number {
    const [id] = this.#backend.getInputTensorIds([tensor]);
    if (id === undefined) throw new Error("tensor without an id");
    return id;
  }

  /** A TensorFlow.js tensor around an op's only output. */
  wrap(outputs: readonly TensorMetadata[]): Tensor {
    const [meta] = outputs;
    if (meta === undefined) throw new Error("an op gave no output");
    return this.#backend.createOutputTensor(meta);
  }

  variable(name: string, shape: readonly number[], values: Float32Array | Tensor): Variable {
    const variable = this.#variable(name, shape, DType.float);
    if (values instanceof Float32Array) {
      const value = tf.tensor(values, [...shape], "float32");
      variable.assign(value);
      value.dispose();
    } else variable.assign(values);
    return variable;
  }

  emptyVariable(name: string, shape: readonly number[], precision: Precision): Variable {
    return this.#variable(name, shape, precision === "float32" ? DType.float : DType.bfloat16);
  }

  #variable(name: string, shape: readonly number[], dtype: number): TensorFlowVariable {
    const id = this.within(() =>
      this.binding.createVariableHandle(`${name}#${count.variables++}`, shape, dtype),
    );
    this.binding.pin(id);
    return new TensorFlowVariable(this, name, shape, id, dtype);
  }

  /** Runs `body` with eager ops in this runtime's context. */
  within<T>(body: () => T): T {
    return this.binding.within(this.#context, body);
  }

  compile(
    name: string,
    fn: (...args: readonly Tensor[]) => Tensor[],
    options: CompileOptions = {},
  ): CompiledFunction {
    const programs = new Map<string, Program>();
    let xla = options.xla === true;
    const build = (args: readonly Tensor[]): Program =>
      this.#trace(`${name}_${count.functions++}`, fn, args, xla);
    const call = (...args: readonly Tensor[]): Tensor[] => {
      const key = keyOf(args);
      const ids = args.map((arg) => this.idOf(arg));
      let program = programs.get(key);
      const first = program === undefined;
      program ??= build(args);
      programs.set(key, program);
      try {
        return this.#run(program, ids);
      } catch (error) {
        if (!first || !xla) throw error;
        const reason =
          error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
        this.warnings.push(
          `XLA refused ${name}, so it runs as a plain TensorFlow function (slower): ${reason}`,
        );
        xla = false;
        const plain = build(args);
        programs.set(key, plain);
        return this.#run(plain, ids);
      }
    };
    const aside = async (...args: readonly Tensor[]): Promise<Tensor[]> => {
      const key = keyOf(args);
      const ids = args.map((arg) => this.idOf(arg));
      const program = programs.get(key) ?? build(args);
      programs.set(key, program);
      const outputs = await this.within(() =>
        this.binding.executeAside(program.name, [...ids, ...program.captured], program.outputs),
      );
      for (const variable of program.changed) variable.changes++;
      return outputs.map((meta) => this.wrap([meta]));
    };
    return Object.assign(call, {
      aside,
      programs: () => programs.size,
      dispose: () => {
        for (const program of programs.values()) this.#removeFunction(program);
        programs.clear();
      },
    });
  }

  whileLoop(
    cond: LoopCondition,
    body: LoopBody,
    carried: readonly Tensor[],
    maxIterations: number,
  ): Tensor[] {
    const trace = this.binding.trace;
    if (trace === null) return eagerLoop(cond, body, carried, maxIterations);
    const facts = carried.map((tensor) => this.binding.facts(this.idOf(tensor)));
    const condition = this.#traceInner("cond", (...args) => [cond(...args)], facts);
    const step = this.#traceInner("body", body, facts);
    trace.copyFunction(condition.func);
    trace.copyFunction(step.func);
    const inputs = carried.map((tensor) => this.binding.symbol(this.idOf(tensor)));
    const oper = trace.whileOperation(
      inputs,
      facts.map((f) => f.dtype),
      condition.name,
      step.name,
    );
    return facts.map((known, index) =>
      this.wrap([this.binding.addSymbol({ oper, index }, "loop", known)]),
    );
  }

  updateColumn(x: Tensor, update: Tensor, at: Tensor): Tensor {
    if (!this.#tracingForXla) return replaceAt(x, update, at, 1);
    const zero = tf.scalar(0, "int32");
    return this.#updateSlice(x, update, tf.stack([zero, at, zero]));
  }

  updateRow(x: Tensor, update: Tensor, at: Tensor): Tensor {
    if (!this.#tracingForXla) return replaceAt(x, update, at, 0);
    const zero = tf.scalar(0, "int32");
    return this.#updateSlice(x, update, tf.stack([at, zero, zero]));
  }

  /** Any TensorFlow op with one output. */
  op(name: string, attrs: readonly OpAttr[], inputs: readonly Tensor[]): Tensor {
    return this.wrap(
      this.binding.executeOp(name, attrs, this.#backend.getInputTensorIds(inputs), 1),
    );
  }

  tensorCount(): number {
    return this.binding.getNumOfTensors();
  }

  /** Only XLA has this op: it updates the loop's own buffer in place. */
  #updateSlice(x: Tensor, update: Tensor, start: Tensor): Tensor {
    return this.op(
      "XlaDynamicUpdateSlice",
      [typeAttr("T", DType.float), typeAttr("Tindices", DType.int32)],
      [x, update, start],
    );
  }

  #run(program: Program, ids: readonly number[]): Tensor[] {
    const outputs = this.within(() =>
      this.binding.executeOp(program.name, [], [...ids, ...program.captured], program.outputs),
    );
    for (const variable of program.changed) variable.changes++;
    return outputs.map((meta) => this.wrap([meta]));
  }

  #trace(
    name: string,
    fn: (...args: readonly Tensor[]) => Tensor[],
    args: readonly Tensor[],
    xla: boolean,
  ): Program {
    const { c, status, check } = this.#library;
    const facts = args.map((arg) => this.binding.facts(this.idOf(arg)));
    this.#tracingForXla = xla;
    const { func, captured, outputs, changed } = this.#traceFunction(name, fn, facts);
    if (xla) {
      c.TF_FunctionSetAttrValueProto(
        func,
        "_XlaMustCompile",
        XLA_MUST_COMPILE,
        XLA_MUST_COMPILE.length,
        status,
      );
      check(() => `mark ${name} for XLA`);
    }
    c.TFE_ContextAddFunction(this.#context, func, status);
    check(() => `add function ${name}`);
    for (const id of captured) this.binding.pin(id);
    return { name, captured, outputs, changed, func };
  }

  /** A function without captures, for a loop. */
  #traceInner(
    hint: string,
    fn: LoopBody,
    facts: readonly { readonly shape: number[]; readonly dtype: number }[],
  ): Program {
    const { c, status, check } = this.#library;
    const name = `${hint}_${count.functions++}`;
    const { func, captured, outputs, changed } = this.#traceFunction(name, fn, facts);
    if (captured.length > 0)
      throw new Error(
        `the ${hint} of a loop uses ${captured.length} tensors from outside; carry them instead`,
      );
    c.TFE_ContextAddFunction(this.#context, func, status);
    check(() => `add function ${name}`);
    return { name, captured, outputs, changed, func };
  }

  #traceFunction(
    name: string,
    fn: (...args: readonly Tensor[]) => Tensor[],
    facts: readonly { readonly shape: number[]; readonly dtype: number }[],
  ): Omit<Program, "name"> {
    const trace = new GraphTrace(this.#library);
    const outer = this.binding.trace;
    try {
      return this.binding.withTrace(trace, () => {
        let symbols: { readonly oper: Pointer; readonly index: number }[] = [];
        const placeholders = facts.map((fact) => trace.placeholder(fact));
        tf.tidy(() => {
          const args = placeholders.map((output, i) =>
            this.wrap([this.binding.addSymbol(output, "argument", facts[i])]),
          );
          symbols = fn(...args).map((tensor) => this.binding.symbol(this.idOf(tensor)));
        });
        const captured = [...trace.captures.keys()];
        const func = trace.toFunction(name, [...placeholders, ...trace.captures.values()], symbols);
        return { func, captured, outputs: symbols.length, changed: trace.changed };
      });
    } finally {
      trace.close();
      if (outer === null) this.#tracingForXla = false;
    }
  }

  #removeFunction(program: Program): void {
    const { c, status } = this.#library;
    c.TFE_ContextRemoveFunction(this.#context, program.name, status);
    c.TF_DeleteFunction(program.func);
    for (const id of program.captured) this.binding.unpin(id);
  }
}

/** What a compiled function's program depends on. */
function keyOf(args: readonly Tensor[]): string {
  return args.map((arg) => `${arg.dtype}[${arg.shape.join()}]`).join();
}

/** Opens TensorFlow from a folder with its two libraries. */
export function openTensorFlowRuntime(folder: string, threads: number): Runtime {
  const library = openTensorFlowLibrary(folder, threads);
  const binding = new TensorBinding(library);
  return new TensorFlowRuntime({ library, binding, backend: registerKernels(binding) }, threads);
}
