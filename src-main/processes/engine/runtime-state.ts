/** Which backend the engine would run on, without loading it. */
import { discoverRuntime } from "#main/platform/tensorflow/discovery.ts";
import { AppError } from "#shared/errors.ts";
import type { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import type { RuntimeState } from "#shared/schema/system.ts";
import { webgpuState } from "./webgpu-state.ts";

const FALLBACK = {
  name: "TensorFlow.js wasm",
  version: null,
  path: null,
} as const;

const FRESH_MS = 60_000;

/** Looks for the backend, and remembers the answer for a minute: looking starts a process. */
export class RuntimeProbe {
  readonly #folder: string;
  readonly #now: () => number;
  #known: { readonly state: RuntimeState; readonly atMs: number } | undefined;

  /** @param folder the application's data folder. */
  constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Never fails: what is wrong is the answer. */
  async state(choice: RuntimeChoice, anew = false): Promise<RuntimeState> {
    const known = this.#known;
    const isFresh = known !== undefined && this.#now() - known.atMs < FRESH_MS;
    if (!anew && isFresh && known.state.choice === choice) return known.state;
    const state = await runtimeState(choice, this.#folder);
    this.#known = { state, atMs: this.#now() };
    return state;
  }
}

async function runtimeState(choice: RuntimeChoice, folder: string): Promise<RuntimeState> {
  if (choice === "webgpu") return webgpuState();
  if (choice === "wasm") {
    return {
      ...FALLBACK,
      choice,
      state: "ready",
      detail: "Chosen in the settings; many times slower than TensorFlow.",
      advice: null,
    };
  }
  try {
    const found = await discoverRuntime({
      dataFolder: folder,
      gpu: choice === "gpu",
      download: false,
    });
    if (found.location === null) {
      return {
        ...FALLBACK,
        choice,
        state: choice === "auto" ? "fallback" : "missing",
        detail: `TensorFlow is not here: ${found.reason}.`,
        advice:
          "Run `npm start` or `npm run demo` once with a network: they fetch it. Or set GRADUS_TENSORFLOW to the folder of an installed tensorflow-cpu.",
      };
    }
    const { dir, version, source, gpu } = found.location;
    return {
      choice,
      state: "ready",
      name: gpu ? "TensorFlow (CUDA)" : "TensorFlow",
      version: version ?? null,
      path: dir,
      detail: `Found by way of the ${source === "environment" ? "GRADUS_TENSORFLOW variable" : source}.`,
      advice: null,
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      ...FALLBACK,
      choice,
      state: "missing",
      name: "TensorFlow",
      detail: error.message,
      advice: error.advice ?? null,
    };
  }
}
