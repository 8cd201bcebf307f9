/**
 * What the engine asks of a backend. Model, sampling and training code is written in TensorFlow.js
 * operations plus the few things here, and runs on every backend.
 */
import type { Tensor } from "./tf.ts";
import type { Precision } from "#main/core/resources/precision.ts";

/** A tensor that outlives a step and is updated in place. */
export type Variable = {
  readonly name: string;
  readonly shape: readonly number[];
  /** Grows whenever its value changes. */
  readonly changes: number;
  /** Its value at this point of the program (or of the trace). */
  read(): Tensor;
  assign(value: Tensor): void;
  /** Lets its value go: it has to be assigned again before it is read. */
  release(): void;
  /**
   * Writes `update` (R, 1, h) at [:, at, :] of a variable (R, T, h); `at` is an int32 scalar. In place, like
   * `scatterRows`: a tensor that was read from the variable or assigned to it may change with it.
   */
  writeColumn(at: Tensor, update: Tensor): void;
  /** Replaces rows `indices` (A, int32) of the first axis by `rows` (A, …); equal indices must bring equal rows. */
  scatterRows(indices: Tensor, rows: Tensor): void;
  /** A copy on the host. */
  data(): Float32Array;
  dispose(): void;
};

/** What Adam keeps of one parameter: its value and the averages of its gradient and of the gradient's square. */
export type AdamSlots<V = Variable> = {
  readonly weight: V;
  readonly first: V;
  readonly second: V;
};

/** `rate` and `epsilon` are scalars, with the corrections for the averages' beginning at zero already in them. */
export type AdamRates = {
  readonly beta1: number;
  readonly beta2: number;
  readonly rate: Tensor;
  readonly epsilon: Tensor;
};

/** Takes and returns tensors; the caller disposes of the results. */
export type CompiledFunction = {
  (...args: readonly Tensor[]): Tensor[];
  /** The same beside other calls of a lane's functions (`Runtime.lane`); inputs may be disposed of at once. */
  aside(...args: readonly Tensor[]): Promise<Tensor[]>;
  /** `aside` with other variables of the same shapes in place of those that it was traced with. */
  asideOn(instead: ReadonlyMap<Variable, Variable>, ...args: readonly Tensor[]): Promise<Tensor[]>;
  /** Programs compiled so far: one for each combination of input shapes. */
  programs(): number;
  dispose(): void;
};

export type RuntimeFacts = {
  readonly kind: "tensorflow" | "wasm" | "webgpu";
  readonly version: string;
  readonly device: string;
  readonly threads: number;
  /** Whether a GPU computes, rather than the processor. */
  readonly usesGpu: boolean;
};

export type Runtime = RuntimeFacts & {
  /** Calls of a lane's functions that run side by side; 1 where there are no lanes. */
  readonly lanes: number;
  /**
   * The same runtime for work that comes in several equal parts: each call computes on one thread, so that no kernel
   * waits for another thread, and calls run side by side (`CompiledFunction.aside`). Its variables and functions are
   * its own; tensors are shared. Where there are no lanes, the runtime itself.
   */
  readonly lane: Runtime;
  /** Things the user should know, e.g. that wasm runs because TensorFlow could not be had. */
  readonly warnings: string[];
  /** A tensor given as values stays the caller's. */
  variable(name: string, shape: readonly number[], values: Float32Array | Tensor): Variable;
  /**
   * A variable that has no value yet. In bfloat16 its values are rounded when they are assigned; what `read` gives is
   * then a factor of `matMul` (matmul.ts) in a scope of that precision, and may be sliced, gathered and reshaped.
   * @throws Error for bfloat16 on backends that have none
   */
  emptyVariable(name: string, shape: readonly number[], precision: Precision): Variable;
  /**
   * m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², w ← w − rate · m / (√v + ε), in place, and in one pass over memory
   * where the backend has a kernel for it. Kingma & Ba 2015, the order of computation at the end of section 2.
   */
  adam(slots: AdamSlots, gradient: Tensor, rates: AdamRates): void;
  /** Traces `fn` once for each combination of input shapes and runs it as one call. */
  compile(name: string, fn: (...args: readonly Tensor[]) => Tensor[]): CompiledFunction;
  /** Live tensors of the backend: for leak checks. */
  tensorCount(): number;
};
