/**
 * The published wheels that hold TensorFlow's C library, pinned by hash. The library inside does not
 * depend on Python: one wheel (CPython 3.11's) serves whatever Python, or none, is installed.
 */
import { basename } from "node:path";

export const TENSORFLOW_VERSION = "2.21.0";

export type TensorFlowWheel = {
  readonly distribution: "tensorflow-cpu" | "tensorflow";
  readonly file: string;
  readonly sha256: string;
  /** 0 where it was never downloaded. */
  readonly bytes: number;
  /** pip's platform tag. */
  readonly tag: string;
  /** Paths in the wheel. The framework comes first: the other one links to it. */
  readonly libraries: readonly [framework: string, main: string];
};

/** pip's `--python-version` for the pinned wheels. */
export const WHEEL_PYTHON = "3.11";

const ELF = [
  "tensorflow/libtensorflow_framework.so.2",
  "tensorflow/libtensorflow_cc.so.2",
] as const;
const MACH_O = [
  "tensorflow/libtensorflow_framework.2.dylib",
  "tensorflow/libtensorflow_cc.2.dylib",
] as const;

/** By `process.platform`-`process.arch`. The first was run; the others were only downloaded and looked into. */
const CPU_WHEELS: Readonly<Record<string, TensorFlowWheel>> = {
  "linux-x64": {
    distribution: "tensorflow-cpu",
    file: "tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    bytes: 273_829_956,
    tag: "manylinux_2_27_x86_64",
    libraries: ELF,
  },
  "linux-arm64": {
    distribution: "tensorflow",
    file: "tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl",
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    bytes: 281_828_020,
    tag: "manylinux_2_27_aarch64",
    libraries: ELF,
  },
  "darwin-arm64": {
    distribution: "tensorflow",
    file: "tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl",
    sha256: "51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88",
    bytes: 223_405_849,
    tag: "macosx_12_0_arm64",
    libraries: MACH_O,
  },
};

/** With CUDA kernels; its NVIDIA libraries come as further packages (`tensorflow[and-cuda]`). */
const CUDA_WHEELS: Readonly<Record<string, TensorFlowWheel>> = {
  "linux-x64": {
    distribution: "tensorflow",
    file: "tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
    sha256: "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
    bytes: 0,
    tag: "manylinux_2_27_x86_64",
    libraries: ELF,
  },
};

/** The wheel for a platform (`linux-x64`), or undefined where TensorFlow publishes none we can load. */
export function tensorFlowWheel(platform: string, gpu: boolean): TensorFlowWheel | undefined {
  return (gpu ? CUDA_WHEELS : CPU_WHEELS)[platform];
}

const [framework, main] = process.platform === "darwin" ? MACH_O : ELF;
/** Names of the two library files in a runtime folder. The first is loaded first. */
export const LIBRARY_FILES = [basename(framework), basename(main)] as const;
