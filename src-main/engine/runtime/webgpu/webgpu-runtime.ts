/**
 * The WebGPU backend of TensorFlow.js on Dawn, behind the engine's interface. In Node that backend cannot read
 * synchronously (it draws on the browser's OffscreenCanvas), and the engine must: reading is done here.
 */
import { EagerRuntime } from "../eager-runtime.ts";
import type { Runtime } from "../runtime.ts";
import { waitForDawn } from "./dawn-events.ts";
import { require, tf } from "../tf.ts";
import type { Tensor } from "../tf.ts";
import { adapterName, findAdapter, openDevice } from "./webgpu-adapter.ts";
import type { Adapter, Device, Gpu } from "./webgpu-adapter.ts";

type Values = Float32Array | Int32Array | Uint8Array;

type GpuBuffer = {
  readonly size: number;
  readonly mapState: "unmapped" | "pending" | "mapped";
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
};

/** Of TensorFlow.js' backend, what is used here. */
type Backend = {
  readonly tensorMap: {
    get(id: object): {
      readonly dtype: "float32" | "int32" | "bool" | "string" | "complex64";
      readonly resource?: GpuBuffer;
      values: Values | null | undefined;
    };
  };
  readonly bufferManager: BufferManager;
  readonly commandEncoder: {
    copyBufferToBuffer(
      from: GpuBuffer,
      fromAt: number,
      to: GpuBuffer,
      toAt: number,
      bytes: number,
    ): void;
  };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  readSync(id: object): Values;
};

type BufferManager = {
  readonly numBytesUsed: number;
  readonly numBytesAllocated: number;
  acquireBuffer(bytes: number, usage: number): GpuBuffer;
  releaseBuffer(buffer: GpuBuffer, reuse?: boolean): void;
};

type BackendPackage = {
  readonly WebGPUBackend: new (device: Device, info: Adapter["info"]) => Backend;
};

// WebGPU's constants, https://www.w3.org/TR/webgpu/#buffer-usage and #dom-gpumapmode-read
const MAP_READ = 0x1;
const COPY_DST = 0x8;
const MODE_READ = 0x1;

/** Buffers that were given back are kept for tensors of the same size, up to this. */
const FREE_BUFFER_BYTES = 2 ** 30;
/** Host copies beyond this are not kept: a weight is read once for a checkpoint. */
const KEPT_STAGING_BYTES = 2 ** 20;

/** WebGPU's calls never throw; what went wrong is kept here, and thrown where a value would be read. */
class DeviceErrors {
  #first: string | undefined;

  add(message: string): void {
    this.#first ??= message;
  }

  /** @throws Error with the first one there was */
  check(): void {
    if (this.#first !== undefined) throw new Error(`WebGPU: ${this.#first}`);
  }
}

/** Gives the backend a `readSync` that waits for the GPU. */
function readWithoutCanvas(backend: Backend, errors: DeviceErrors): void {
  const own = backend.readSync.bind(backend);
  backend.readSync = (id) => {
    const entry = backend.tensorMap.get(id);
    const { resource, dtype } = entry;
    const isOnHost = entry.values !== null && entry.values !== undefined;
    // The parts of a complex tensor are read one by one.
    if (isOnHost || resource === undefined || dtype === "complex64") return own(id);
    const data = readBuffer(backend, resource, errors);
    const values = tf.util.convertBackendValuesAndArrayBuffer(data, dtype) as Values;
    entry.values = values;
    return values;
  };
}

/** The bytes of a buffer after all that was asked for so far. As the backend's getBufferData, but now. */
function readBuffer(backend: Backend, buffer: GpuBuffer, errors: DeviceErrors): ArrayBuffer {
  const { size } = buffer;
  const staging = backend.bufferManager.acquireBuffer(size, COPY_DST | MAP_READ);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
  backend.submitQueue();
  // Its failure shows in mapState.
  staging.mapAsync(MODE_READ).catch(() => undefined);
  waitForDawn(() => staging.mapState !== "pending");
  errors.check();
  if (staging.mapState !== "mapped") throw new Error("WebGPU: the GPU was lost while it computed");
  const data = staging.getMappedRange().slice(0);
  staging.unmap();
  backend.bufferManager.releaseBuffer(staging, size <= KEPT_STAGING_BYTES);
  return data;
}

/** The backend keeps every buffer that it ever made, by size; shapes that change would fill the GPU's memory. */
function boundFreeBuffers(manager: BufferManager): void {
  const own = manager.releaseBuffer.bind(manager);
  manager.releaseBuffer = (buffer, reuse = true) =>
    own(buffer, reuse && manager.numBytesAllocated - manager.numBytesUsed < FREE_BUFFER_BYTES);
}

/** AddN binds a buffer for each input, and a shader may have `buffers` of them: more are added up in parts. */
function repairAddN(buffers: number): void {
  const own = tf.getKernel("AddN", "webgpu");
  if (own === undefined) throw new Error("the webgpu backend has no AddN");
  tf.unregisterKernel("AddN", "webgpu");
  const most = buffers - 1;
  tf.registerKernel({
    kernelName: "AddN",
    backendName: "webgpu",
    kernelFunc: (params) => {
      const terms = params.inputs as unknown as Tensor[];
      if (terms.length <= most) return own.kernelFunc(params);
      return tf.tidy(() => tf.addN([tf.addN(terms.slice(0, most)), ...terms.slice(most)]));
    },
  });
}

/** The backend looks for WebGPU where browsers have it, when it is made and never again. */
function withNavigatorGpu<T>(gpu: Gpu, body: () => T): T {
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  try {
    return body();
  } finally {
    Reflect.deleteProperty(navigator, "gpu");
  }
}

/**
 * Opens the machine's fastest GPU.
 * @throws AppError RUNTIME_MISSING where Dawn does not load, NO_GPU where it finds no adapter
 */
export async function openWebgpuRuntime(): Promise<Runtime> {
  const { gpu, adapter } = await findAdapter();
  const errors = new DeviceErrors();
  const opened = await openDevice(adapter, (message) => errors.add(message));
  const { WebGPUBackend } = require("@tensorflow/tfjs-backend-webgpu") as BackendPackage;
  const backend = withNavigatorGpu(gpu, () => new WebGPUBackend(opened, adapter.info));
  readWithoutCanvas(backend, errors);
  boundFreeBuffers(backend.bufferManager);
  tf.registerBackend("webgpu", () => backend as unknown as ReturnType<typeof tf.backend>);
  await tf.setBackend("webgpu");
  repairAddN(opened.limits.maxStorageBuffersPerShaderStage);
  const { version } = require("@tensorflow/tfjs-backend-webgpu/package.json") as {
    readonly version: string;
  };
  const device = adapterName(adapter);
  const usesGpu = !adapter.info.isFallbackAdapter;
  const warnings = usesGpu
    ? []
    : [
        `${device} computes on the processor, not on a GPU: the results are right, but expect it to be very slow.`,
      ];
  return new EagerRuntime({ kind: "webgpu", version, device, threads: 1, usesGpu }, warnings);
}
