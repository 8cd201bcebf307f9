/** The same comparisons on WebGPU, by a Vulkan driver in software: right on it, and never run on a GPU. */
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { checkAgainstReference } from "../helpers/reference-checks.ts";
import { useSoftwareGpu } from "../helpers/software-gpu.ts";

checkAgainstReference("webgpu", () => openRuntime({ choice: "webgpu" }), useSoftwareGpu());
