/**
 * The TensorFlow backend: TensorFlow.js's own Node kernels on the C API, with tracing.
 */
import { availableParallelism } from "node:os";
import { GraphTrace } from "./graph-trace.ts";
import type { OpAttr } from "./graph-trace.ts";
import type { AdamRates, AdamSlots, CompiledFunction, Runtime, Variable } from "../runtime.ts";
import { TensorBinding } from "./tensor-binding.ts";
import type { TensorMetadata } from "./tensor-binding.ts";
import { DType, openTensorFlowLibrary } from "./tensorflow-library.ts";
import type { Pointer, TensorFlowLibrary } from "./tensorflow-library.ts";
import { lanesOf } from "#main/core/resources/lanes.ts";
import { KEPT_OPERATIONS } from "#main/core/resources/program-operations.ts";
import { RecentPrograms } from "./recent-programs.ts";
import { typeAttr } from "./op-attrs.ts";
import { registerKernels } from "./register-kernels.ts";
import type { NodeBackend } from "./register-kernels.ts";
import { changeVariables, TensorFlowVariable } from "./tensorflow-variable.ts";
import { tf } from "../tf.ts";
import type { Tensor } from "../tf.ts";
import type { Precision } from "#main/core/resources/precision.ts";

type Program = {
  readonly name: string;
  readonly captured: readonly number[];
  readonly outputs: number;
  /** Variables that it changes. */
  readonly changed: ReadonlySet<Variable>;
  readonly func: Pointer;
  readonly size: number;
  running: number;
};

type Backing = {
  readonly library: TensorFlowLibrary;
  readonly binding: TensorBinding;
  readonly backend: NodeBackend;
};

const NOTHING: ReadonlyMap<Variable, Variable> = new Map();

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
    this.lanes = context === undefined && !this.usesGpu ? lanesOf(this.threads) : 1;
    this.lane =
      this.lanes > 1
        ? new TensorFlowRuntime(
            { library, binding, backend },
            1,
            library.openContext(1, this.lanes),
          )
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

  adam(slots: AdamSlots, gradient: Tensor, rates: AdamRates): void {
    const { weight, first, second } = slots as AdamSlots<TensorFlowVariable>;
    const { beta1, beta2, rate, epsilon } = rates;
    tf.tidy(() => {
      // Powers of the betas correct the averages' beginning, which the rates already do.
      const power = tf.scalar(0);
      const betas = [tf.scalar(beta1), tf.scalar(beta2)];
      changeVariables(
        "ResourceApplyAdam",
        [typeAttr("T", DType.float)],
        [weight, first, second],
        [power, power, rate, ...betas, epsilon, gradient],
      );
    });
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

  compile(name: string, fn: (...args: readonly Tensor[]) => Tensor[]): CompiledFunction {
    const programs = new RecentPrograms<Program>(KEPT_OPERATIONS, (program) => {
      this.#removeFunction(program);
    });
    const programFor = (args: readonly Tensor[]): Program =>
      programs.get(args.map((arg) => `${arg.dtype}[${arg.shape.join()}]`).join(), () =>
        this.#trace(`${name}_${count.functions++}`, fn, args),
      );
    const call = (...args: readonly Tensor[]): Tensor[] => {
      const program = programFor(args);
      const ids = this.#inputIds(program, args);
      const outputs = this.within(() =>
        this.binding.executeOp(program.name, [], ids, program.outputs),
      );
      return this.#results(program, outputs);
    };
    const asideOn = async (
      instead: ReadonlyMap<Variable, Variable>,
      ...args: readonly Tensor[]
    ): Promise<Tensor[]> => {
      const program = programFor(args);
      const ids = this.#inputIds(program, args, instead);
      program.running++;
      try {
        const outputs = await this.within(() =>
          this.binding.executeAside(program.name, ids, program.outputs),
        );
        return this.#results(program, outputs, instead);
      } finally {
        program.running--;
      }
    };
    return Object.assign(call, {
      aside: (...args: readonly Tensor[]) => asideOn(NOTHING, ...args),
      asideOn,
      programs: () => programs.count,
      dispose: () => programs.clear(),
    });
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

  #inputIds(
    program: Program,
    args: readonly Tensor[],
    instead: ReadonlyMap<Variable, Variable> = NOTHING,
  ): number[] {
    const ids = new Map(
      [...(instead as ReadonlyMap<TensorFlowVariable, TensorFlowVariable>)].map(([from, to]) => [
        from.id,
        to.id,
      ]),
    );
    const captured = program.captured.map((id) => ids.get(id) ?? id);
    return [...args.map((arg) => this.idOf(arg)), ...captured];
  }

  #results(
    program: Program,
    outputs: readonly TensorMetadata[],
    instead: ReadonlyMap<Variable, Variable> = NOTHING,
  ): Tensor[] {
    for (const variable of program.changed)
      ((instead.get(variable) ?? variable) as TensorFlowVariable).changes++;
    return outputs.map((meta) => this.wrap([meta]));
  }

  #trace(
    name: string,
    fn: (...args: readonly Tensor[]) => Tensor[],
    args: readonly Tensor[],
  ): Program {
    const { c, status, check } = this.#library;
    const trace = new GraphTrace(this.#library);
    try {
      return this.binding.withTrace(trace, () => {
        let symbols: { readonly oper: Pointer; readonly index: number }[] = [];
        const facts = args.map((arg) => this.binding.facts(this.idOf(arg)));
        const placeholders = facts.map((fact) => trace.placeholder(fact));
        tf.tidy(() => {
          const given = placeholders.map((output, i) =>
            this.wrap([this.binding.addSymbol(output, "argument", facts[i])]),
          );
          symbols = fn(...given).map((tensor) => this.binding.symbol(this.idOf(tensor)));
        });
        const captured = [...trace.captures.keys()];
        const func = trace.toFunction(name, [...placeholders, ...trace.captures.values()], symbols);
        c.TFE_ContextAddFunction(this.#context, func, status);
        check(() => `add function ${name}`);
        for (const id of captured) this.binding.pin(id);
        return {
          name,
          captured,
          outputs: symbols.length,
          changed: trace.changed,
          func,
          size: trace.nodeCount,
          running: 0,
        };
      });
    } finally {
      trace.close();
    }
  }

  #removeFunction(program: Program): void {
    const { c, status } = this.#library;
    c.TFE_ContextRemoveFunction(this.#context, program.name, status);
    c.TF_DeleteFunction(program.func);
    for (const id of program.captured) this.binding.unpin(id);
  }
}

/** Opens TensorFlow from a folder with its two libraries. */
export function openTensorFlowRuntime(folder: string, threads: number): Runtime {
  const library = openTensorFlowLibrary(folder, threads);
  const binding = new TensorBinding(library);
  return new TensorFlowRuntime({ library, binding, backend: registerKernels(binding) }, threads);
}
