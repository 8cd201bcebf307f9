/**
 * Dawn, the WebGPU of Chromium, in Node (npm's `webgpu`): finds the machine's GPU. Loaded only where it is asked for,
 * since it loads the GPU's drivers.
 */
import { AppError } from "#shared/errors.ts";
import { watchDawnEvents } from "./dawn-events.ts";

/** Dawn ends the process where it is collected while its devices are in use: it is held for good. */
const held: Gpu[] = [];

/** Of WebGPU's types, what is used here. */
export type Adapter = {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly isFallbackAdapter: boolean;
  };
  readonly limits: Readonly<Record<(typeof RAISED_LIMITS)[number], number>>;
  requestDevice(descriptor: object): Promise<Device>;
};

export type Device = {
  readonly limits: Adapter["limits"];
  addEventListener(
    type: "uncapturederror",
    listener: (event: {
      readonly error: { readonly message: string };
      preventDefault(): void;
    }) => void,
  ): void;
};

export type Gpu = {
  requestAdapter(options: object): Promise<Adapter | null>;
};

type DawnPackage = {
  create(options: readonly string[]): Gpu;
  readonly globals: object;
};

/** Raised to what the adapter has. */
const RAISED_LIMITS = [
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

/** What Dawn looks for on each platform, and what to do where there is none. */
const DRIVERS: Readonly<Partial<Record<NodeJS.Platform, { tried: string; advice: string }>>> = {
  linux: {
    tried: "Vulkan: libvulkan.so.1 and a driver that it names",
    advice:
      "Install the Vulkan loader and your GPU's driver (on Debian: apt install libvulkan1 mesa-vulkan-drivers, or NVIDIA's driver; `vulkaninfo --summary` then names the GPU), or use the runtime `auto`.",
  },
  darwin: {
    tried: "Metal",
    advice: "Metal needs macOS 11 or later and a session with a GPU; else use the runtime `auto`.",
  },
  win32: {
    tried: "Direct3D 12",
    advice: "Update the GPU's driver to one with Direct3D 12, or use the runtime `auto`.",
  },
};

/**
 * Opens Dawn and asks it for the fastest adapter. @returns both
 * @throws AppError RUNTIME_MISSING (no build of Dawn for this platform), NO_GPU (no adapter)
 */
export async function findAdapter(): Promise<{ readonly gpu: Gpu; readonly adapter: Adapter }> {
  watchDawnEvents();
  const dawn = await loadDawn();
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  held.push(gpu);
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) {
    const drivers = DRIVERS[process.platform];
    throw new AppError(
      "NO_GPU",
      `WebGPU finds no GPU on this machine (tried ${drivers?.tried ?? process.platform}).`,
      drivers?.advice ?? "Use the runtime `auto`.",
    );
  }
  return { gpu, adapter };
}

async function loadDawn(): Promise<DawnPackage> {
  try {
    return await import("webgpu");
  } catch (error) {
    throw new AppError(
      "RUNTIME_MISSING",
      `WebGPU's library (Dawn) does not load on ${process.platform}-${process.arch}: ${String(error)}`,
      "There are builds for Linux x64 and arm64 (glibc), macOS and Windows; elsewhere use the runtime `auto`.",
      { cause: error },
    );
  }
}

/** A device with the adapter's own limits. WebGPU's errors go to `onError`: calls themselves do not throw. */
export async function openDevice(
  adapter: Adapter,
  onError: (message: string) => void,
): Promise<Device> {
  const requiredLimits = Object.fromEntries(
    RAISED_LIMITS.map((name) => [name, adapter.limits[name]]),
  );
  const device = await adapter.requestDevice({ requiredLimits });
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    onError(event.error.message);
  });
  return device;
}

/** Its name, its driver and its family, as far as Dawn tells them. */
export function adapterName({ info }: Adapter): string {
  const family = [info.vendor, info.architecture].filter((word) => word !== "").join(" ");
  const name = [info.device.replace(/-+$/, ""), info.description]
    .filter((word) => word !== "")
    .join(", ");
  if (name === "") return family === "" ? "an unnamed adapter" : family;
  return family === "" ? name : `${name} (${family})`;
}
