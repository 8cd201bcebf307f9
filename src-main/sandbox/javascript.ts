/**
 * JavaScript in QuickJS, compiled to WebAssembly. A program has a runtime of its own, and the module's memory is put back
 * before the next one: not even a broken interpreter takes anything over.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import packaged from "@jitl/quickjs-wasmfile-release-sync";
import { z } from "zod";
import { newQuickJSWASMModuleFromVariant, newVariant } from "quickjs-emscripten-core";
import type {
  QuickJSContext,
  QuickJSHandle,
  QuickJSRuntime,
  QuickJSSyncVariant,
  QuickJSWASMModule,
} from "quickjs-emscripten-core";
import type { SandboxLimit } from "#main/core/sandbox-port.ts";
import { Printed } from "./interpreter.ts";
import type { Interpreter, Outcome, Program } from "./interpreter.ts";

/** In pages of 64 KiB, as QuickJS's build declares them: 16 MiB and 2 GiB. Each program has its own limit. */
const FIRST_PAGES = 256;
const MOST_PAGES = 32_768;
/** Memory that grew is zeroed before each program; beyond this a new process is quicker. */
const MOST_KEPT_BYTES = 64 * 2 ** 20;
/** QuickJS's own count; what is beyond it ends as WebAssembly's own stack. */
const STACK_BYTES = 256 * 1024;
const JOBS_AT_ONCE = 1000;

/** Console as QuickJS lacks it, and nothing else. `print` is taken away from programs. */
const PRELUDE = `
(() => {
  const { print } = globalThis;
  delete globalThis.print;
  const { stringify } = JSON;
  const show = (value) => {
    if (typeof value !== "object" || value === null) return String(value);
    if (value instanceof Error) return String(value);
    try { return stringify(value) ?? String(value); } catch { return "[object]"; }
  };
  const log = (...values) => { print(values.map(show).join(" ") + "\\n"); };
  globalThis.console = { log, info: log, warn: log, error: log, debug: log };
})();`;

/** Its types describe the package's CommonJS half, in which this is a property of what is imported. */
const Variant = z.custom<QuickJSSyncVariant>(
  (value) => z.object({ type: z.literal("sync") }).safeParse(value).success,
);

export class JavaScript implements Interpreter {
  readonly #module: QuickJSWASMModule;
  readonly #memory: WebAssembly.Memory;
  /** The memory's first part as it is before any program; the rest is zero. */
  readonly #fresh: Uint8Array;
  #spent = false;

  private constructor(module: QuickJSWASMModule, memory: WebAssembly.Memory) {
    this.#module = module;
    this.#memory = memory;
    const bytes = new Uint8Array(memory.buffer);
    this.#fresh = bytes.slice(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
  }

  static async open(): Promise<JavaScript> {
    const file = fileURLToPath(import.meta.resolve("@jitl/quickjs-wasmfile-release-sync/wasm"));
    const wasmMemory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES });
    const wasmModule = await WebAssembly.compile(readFileSync(file));
    const module = await newQuickJSWASMModuleFromVariant(
      newVariant(Variant.parse(packaged), { wasmModule, wasmMemory }),
    );
    return new JavaScript(module, wasmMemory);
  }

  get spent(): boolean {
    return this.#spent;
  }

  async run(program: Program): Promise<Outcome> {
    this.#putBack();
    const printed = new Printed(program.limits.outputBytes);
    // Whatever goes wrong outside QuickJS, in WebAssembly's stack or memory, leaves a module that is not to be trusted.
    const outcome = await new Run(this.#module, program, printed)
      .outcome()
      .catch((error: unknown) => {
        this.#spent = true;
        return ofModule(error, printed);
      });
    if (this.#memory.buffer.byteLength > MOST_KEPT_BYTES) this.#spent = true;
    return outcome;
  }

  #putBack(): void {
    const bytes = new Uint8Array(this.#memory.buffer);
    bytes.set(this.#fresh);
    bytes.fill(0, this.#fresh.length);
  }
}

function ofModule(error: unknown, { text: printed }: Printed): Outcome {
  if (error instanceof RangeError) return { ended: "limit", limit: "stack", printed };
  const message = error instanceof Error ? error.message : String(error);
  return { ended: "died", message: `the interpreter broke: ${message}`, printed };
}

/** One program. Nothing is disposed: the memory is put back whole. */
class Run {
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #program: Program;
  readonly #printed: Printed;
  readonly #endMs: number;
  #limit: "time" | "output" | undefined;

  constructor(module: QuickJSWASMModule, program: Program, printed: Printed) {
    this.#program = program;
    this.#printed = printed;
    this.#endMs = performance.now() + program.limits.timeMs;
    this.#runtime = module.newRuntime();
    this.#runtime.setMemoryLimit(program.limits.memoryBytes);
    this.#runtime.setMaxStackSize(STACK_BYTES);
    this.#runtime.setInterruptHandler(() => this.#isOver());
    this.#runtime.setModuleLoader((name) => this.#module(name));
    this.#context = this.#runtime.newContext();
  }

  async outcome(): Promise<Outcome> {
    const { harness, input } = this.#program;
    const context = this.#context;
    context.setProp(
      context.global,
      "print",
      context.newFunction("print", (text) => {
        this.#printed.add(context.getString(text));
      }),
    );
    context.unwrapResult(context.evalCode(PRELUDE, "prelude"));
    const loaded = this.#settled(context.evalCode(harness, "harness", { type: "module" }));
    if ("ended" in loaded) return loaded;
    const main = context.getProp(loaded.value, "main");
    const called = this.#settled(
      context.callFunction(main, context.undefined, context.newString(input)),
    );
    if ("ended" in called) return called;
    const value = context.getString(called.value);
    if (this.#isOver() && this.#limit !== undefined) return this.#limited(this.#limit);
    if (Buffer.byteLength(value) > this.#program.limits.resultBytes) return this.#limited("result");
    return { ended: "returned", value, printed: this.#printed.text };
  }

  #limited(limit: SandboxLimit): Outcome {
    return { ended: "limit", limit, printed: this.#printed.text };
  }

  #isOver(): boolean {
    if (this.#printed.over) this.#limit = "output";
    else if (performance.now() > this.#endMs) this.#limit = "time";
    return this.#limit !== undefined;
  }

  #module(name: string): string | { error: Error } {
    const { files } = this.#program;
    const text = Object.hasOwn(files, name) ? files[name] : undefined;
    return text ?? { error: new Error(`there is no module ${name} in the sandbox`) };
  }

  /** A value, or a promise's once every job is done. */
  #settled(
    result: ReturnType<QuickJSContext["callFunction"]>,
  ): { readonly value: QuickJSHandle } | Outcome {
    if (result.error) return this.#failed(result.error);
    // A few at a time: jobs that only make further jobs are not interrupted.
    while (this.#runtime.hasPendingJob() && !this.#isOver()) {
      const jobs = this.#runtime.executePendingJobs(JOBS_AT_ONCE);
      if (jobs.error) return this.#failed(jobs.error);
    }
    if (this.#limit !== undefined) return this.#limited(this.#limit);
    const state = this.#context.getPromiseState(result.value);
    if (state.type === "fulfilled") return { value: state.value };
    if (state.type === "rejected") return this.#failed(state.error);
    return {
      ended: "threw",
      message: "it waits for a promise that nothing settles",
      printed: this.#printed.text,
    };
  }

  #failed(error: QuickJSHandle): Outcome {
    const name = this.#text(error, "name");
    const message = this.#text(error, "message");
    // Looked at last: what was thrown may spin when it is asked for its message.
    if (this.#limit !== undefined) return this.#limited(this.#limit);
    const printed = this.#printed.text;
    if (name === "InternalError" && message === "out of memory") return this.#limited("memory");
    if (name === "InternalError" && message === "stack overflow") return this.#limited("stack");
    return { ended: "threw", message: name === "" ? message : `${name}: ${message}`, printed };
  }

  /** A property of a thrown value; whoever threw it may have made it a trap. */
  #text(error: QuickJSHandle, name: string): string {
    const context = this.#context;
    if (context.typeof(error) !== "object")
      return name === "message" ? context.getString(error) : "";
    const value = context.getProp(error, name);
    return context.typeof(value) === "string" ? context.getString(value) : "";
  }
}
