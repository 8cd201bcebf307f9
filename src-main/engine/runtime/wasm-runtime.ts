/** The WebAssembly backend of TensorFlow.js behind the engine's interface: correct everywhere, slow. */
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { EagerRuntime } from "./eager-runtime.ts";
import type { Runtime } from "./runtime.ts";
import { require, tf } from "./tf.ts";
import type { Tensor } from "./tf.ts";

type WasmPackage = {
  setWasmPaths(prefix: string): void;
  setThreadsCount(count: number): void;
  readonly version_wasm: string;
};

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
  const facts = {
    kind: "wasm",
    version: wasm.version_wasm,
    device: "CPU (WebAssembly)",
    threads: availableParallelism(),
    usesGpu: false,
  } as const;
  return new EagerRuntime(facts, warnings);
}
