/** The same comparisons on the WebAssembly backend: forward, sampling and training with nothing but npm packages. */
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { checkAgainstReference } from "../helpers/reference-checks.ts";

checkAgainstReference("wasm", () => openRuntime({ choice: "wasm" }));
