/**
 * The WebAssembly backend of TensorFlow.js behind the engine's interface: correct everywhere, slow.
 * Nothing is traced; a compiled function is the function itself, with its tensors freed.
 */
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import type { CompiledFunction, LoopBody, LoopCondition, Runtime, Variable } from "./runtime.ts";
import { require, tf } from "./tf.ts";
import type { Tensor } from "./tf.ts";
import { eagerLoop } from "./eager-loop.ts";
import { replaceAt } from "./replace-at.ts";

type WasmPackage = {
  setWasmPaths(prefix: string): void;
  setThreadsCount(count: number): void;
  readonly version_wasm: string;
};

class HostedVariable implements Variable {
  readonly name: string;
  readonly shape: readonly number[];
  #value: Tensor;

  constructor(name: string, shape: readonly number[], values: Float32Array | Tensor) {
    this.name = name;
    this.shape = shape;
    this.#value = tf.keep(
      values instanceof Float32Array ? tf.tensor(values, [...shape], "float32") : values.clone(),
    );
  }

  read(): Tensor {
    return this.#value.clone();
  }

  assign(value: Tensor): void {
    if (value.shape.join() !== this.shape.join()) {
      throw new Error(
        `variable ${this.name} has shape [${this.shape.join(", ")}], the new value [${value.shape.join(", ")}]`,
      );
    }
    const before = this.#value;
    this.#value = tf.keep(value.clone());
    before.dispose();
  }

  writeColumn(at: Tensor, update: Tensor): void {
    const updated = tf.tidy(() => replaceAt(this.#value, update, at, 1));
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
    return Float32Array.from(this.#value.dataSync());
  }

  dispose(): void {
    this.#value.dispose();
  }
}

class WasmRuntime implements Runtime {
  readonly kind = "wasm" as const;
  readonly version: string;
  readonly device = "CPU (WebAssembly)";
  readonly threads: number;
  readonly warnings: string[];

  constructor(version: string, threads: number, warnings: readonly string[]) {
    this.version = version;
    this.threads = threads;
    this.warnings = [...warnings];
  }

  variable(name: string, shape: readonly number[], values: Float32Array | Tensor): Variable {
    return new HostedVariable(name, shape, values);
  }

  roundedVariable(): Variable {
    throw new Error("the wasm backend has no bfloat16");
  }

  compile(_name: string, fn: (...args: readonly Tensor[]) => Tensor[]): CompiledFunction {
    const call = (...args: readonly Tensor[]): Tensor[] =>
      tf.tidy(() => fn(...args).map((tensor) => tensor.clone()));
    return Object.assign(call, { programs: () => 1, dispose: () => undefined });
  }

  whileLoop(
    cond: LoopCondition,
    body: LoopBody,
    carried: readonly Tensor[],
    maxIterations: number,
  ): Tensor[] {
    return eagerLoop(cond, body, carried, maxIterations);
  }

  updateColumn(x: Tensor, update: Tensor, at: Tensor): Tensor {
    return replaceAt(x, update, at, 1);
  }

  updateRow(x: Tensor, update: Tensor, at: Tensor): Tensor {
    return replaceAt(x, update, at, 0);
  }

  tensorCount(): number {
    return tf.memory().numTensors;
  }
}

/** Kernels that tfjs-backend-wasm lacks and the engine's gradients need, made from those it has. */
function registerMissingKernels(): void {
  if (tf.getKernel("UnsortedSegmentSum", "wasm") !== undefined) return;
  tf.registerKernel({
    kernelName: "UnsortedSegmentSum",
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => {
      const { x, segmentIds } = inputs as unknown as { x: Tensor; segmentIds: Tensor };
      const { numSegments } = attrs as unknown as { numSegments: number };
      return tf.tidy(() => {
        const rows = segmentIds.size;
        const inner = x.size / rows;
        const which = tf.cast(
          tf.equal(
            tf.reshape(tf.range(0, numSegments, 1, "int32"), [numSegments, 1]),
            tf.reshape(segmentIds, [1, rows]),
          ),
          "float32",
        );
        return tf.reshape(tf.matMul(which, tf.reshape(x, [rows, inner])), [
          numSegments,
          ...x.shape.slice(segmentIds.rank),
        ]);
      });
    },
  });
}

/**
 * Gathering with batch dimensions reads past its input in tfjs-backend-wasm 4.22, so batches are folded into the
 * gathered axis: row b's index i becomes b · dim + i.
 */
function repairBatchedGather(): void {
  const own = tf.getKernel("GatherV2", "wasm");
  if (own === undefined) throw new Error("the wasm backend has no GatherV2");
  tf.unregisterKernel("GatherV2", "wasm");
  tf.registerKernel({
    kernelName: "GatherV2",
    backendName: "wasm",
    kernelFunc: (params) => {
      const { x, indices } = params.inputs as unknown as { x: Tensor; indices: Tensor };
      const { axis, batchDims } = params.attrs as unknown as { axis: number; batchDims: number };
      if (batchDims === 0) return own.kernelFunc(params);
      if (axis !== batchDims)
        throw new Error(
          `gather: axis ${axis} after ${batchDims} batch dimensions is not supported`,
        );
      return tf.tidy(() => {
        const lead = x.shape.slice(0, axis);
        const batch = lead.reduce((a, b) => a * b, 1);
        const dim = x.shape[axis] ?? 0;
        const tail = x.shape.slice(axis + 1);
        const offsets = tf.range(0, batch * dim, dim, "int32");
        const flat = tf.add(tf.reshape(indices, [batch, -1]), tf.reshape(offsets, [batch, 1]));
        const rows = tf.gather(tf.reshape(x, [batch * dim, ...tail]), tf.reshape(flat, [-1]));
        return tf.reshape(rows, [...lead, ...indices.shape.slice(batchDims), ...tail]);
      });
    },
  });
}

/** Opens the wasm backend of the installed package; no network is used. */
export async function openWasmRuntime(warnings: readonly string[]): Promise<Runtime> {
  const wasm = require("@tensorflow/tfjs-backend-wasm") as WasmPackage;
  wasm.setWasmPaths(
    `${join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist")}/`,
  );
  registerMissingKernels();
  await tf.setBackend("wasm");
  repairBatchedGather();
  return new WasmRuntime(wasm.version_wasm, availableParallelism(), warnings);
}
