/** Opens the backend that was asked for, and says plainly when it is not the one that was hoped for. */
import { AppError } from "#shared/errors.ts";
import type { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import { discoverRuntime } from "#main/platform/tensorflow/discovery.ts";
import { engineThreads } from "#main/core/resources/lanes.ts";
import type { Runtime } from "./runtime.ts";
import { dataFolder } from "#main/platform/paths.ts";

export type OpenOptions = {
  readonly choice: RuntimeChoice;
};

let opened: Promise<Runtime> | null = null;

/**
 * The process's one runtime. TensorFlow where it can be had; else, for `auto`, wasm with a warning.
 * @throws AppError RUNTIME_* where TensorFlow or WebGPU was asked for and cannot be had, NO_GPU where a GPU was.
 */
export function openRuntime(options: OpenOptions): Promise<Runtime> {
  opened ??= open(options);
  return opened;
}

async function open({ choice }: OpenOptions): Promise<Runtime> {
  if (choice === "wasm") return openWasm([]);
  if (choice === "webgpu") {
    const { openWebgpuRuntime } = await import("./webgpu/webgpu-runtime.ts");
    return openWebgpuRuntime();
  }
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  // The engine never downloads: the host fetches the runtime before it starts an engine process.
  const found = await discoverRuntime({
    dataFolder: dataFolder(),
    gpu: choice === "gpu",
    download: false,
  });
  if (found.location !== null) {
    const { openTensorFlowRuntime } = await import("./tensorflow/tensorflow-runtime.ts");
    return openTensorFlowRuntime(found.location.dir, engineThreads());
  }
  if (choice !== "auto") {
    throw new AppError(
      "RUNTIME_MISSING",
      `TensorFlow is not available: ${found.reason}`,
      "Run `npm start` with a network connection once, or set GRADUS_TENSORFLOW.",
    );
  }
  return openWasm([
    `TensorFlow is not available (${found.reason}), so the engine runs on WebAssembly. Expect it to be many times slower.`,
  ]);
}

async function openWasm(warnings: readonly string[]): Promise<Runtime> {
  const { openWasmRuntime } = await import("./wasm-runtime.ts");
  return openWasmRuntime(warnings);
}
