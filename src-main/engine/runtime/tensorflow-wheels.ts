/**
 * The published wheels that hold TensorFlow's C library, pinned by hash. The library inside does not
 * depend on Python: one wheel (CPython 3.11's) serves whatever Python, or none, is installed.
 */

export const TENSORFLOW_VERSION = "2.21.0";

export type TensorFlowWheel = {
  readonly distribution: "tensorflow-cpu" | "tensorflow";
  readonly file: string;
  readonly sha256: string;
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

/** By `process.platform` and `process.arch`. The first was run; the second only downloaded. */
const CPU_WHEELS: Readonly<Record<string, TensorFlowWheel>> = {
  "linux-x64": {
    distribution: "tensorflow-cpu",
    file: "tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    tag: "manylinux_2_27_x86_64",
    libraries: ELF,
  },
  "linux-arm64": {
    distribution: "tensorflow",
    file: "tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl",
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    tag: "manylinux_2_27_aarch64",
    libraries: ELF,
  },
};

/** With CUDA kernels; its NVIDIA libraries come as further packages (`tensorflow[and-cuda]`). */
const CUDA_WHEELS: Readonly<Record<string, TensorFlowWheel>> = {
  "linux-x64": {
    distribution: "tensorflow",
    file: "tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
    sha256: "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
    tag: "manylinux_2_27_x86_64",
    libraries: ELF,
  },
};

/** The wheel for a platform (`linux-x64`), or undefined where TensorFlow publishes none we can load. */
export function tensorFlowWheel(platform: string, gpu: boolean): TensorFlowWheel | undefined {
  return (gpu ? CUDA_WHEELS : CPU_WHEELS)[platform];
}

/** Names of the two library files in a runtime folder, in the order they are loaded. */
export const LIBRARY_FILES = ["libtensorflow_framework.so.2", "libtensorflow_cc.so.2"] as const;
