/**
 * Python in Pyodide (CPython compiled to WebAssembly). Its bridge to JavaScript starts it and is then locked
 * (python-imports.ts); programs go in as text and come out as bytes. The interpreter's memory is kept once it has started
 * and put back before each program, which costs a few milliseconds and leaves nothing of the one before.
 */
import { constants } from "node:fs";
import { z } from "zod";
import { Printed } from "./interpreter.ts";
import type { Interpreter, Outcome, Program } from "./interpreter.ts";
import { CLOSED_MODULES, COMMON_MODULES, PYTHON_BOOTSTRAP } from "./python-bootstrap.ts";
import { ANSWER_FD, Ended, PythonImports } from "./python-imports.ts";
import type { Running } from "./python-imports.ts";

/** Memory that grew is zeroed before each program; beyond this a new process is quicker. */
const MOST_GROWN_BYTES = 64 * 2 ** 20;
/** Harnesses are few: one for each thing that is asked. */
const MOST_KEPT = 32;

/** What is used of Pyodide's module, which its types leave out. */
const PythonModule = z.object({
  stringToNewUTF8: z.custom<(text: string) => number>((value) => typeof value === "function"),
  FS: z.looseObject({ streams: z.array(z.unknown()) }),
});
const Exports = z.object({
  memory: z.custom<WebAssembly.Memory>((value) => typeof value === "object"),
  __stack_pointer: z.custom<{ value: number }>((value) => typeof value === "object"),
  PyRun_SimpleStringFlags: z.custom<(text: number, flags: number) => number>(
    (value) => typeof value === "function",
  ),
});

export class Python implements Interpreter {
  readonly #imports: PythonImports;
  readonly #module: z.infer<typeof PythonModule>;
  readonly #exports: z.infer<typeof Exports>;
  #fresh: Uint8Array;
  readonly #kept = new Set<string>();
  readonly #stackPointer: number;
  readonly #streams: readonly unknown[];
  #spent = false;

  private constructor(
    imports: PythonImports,
    module: z.infer<typeof PythonModule>,
    exports: z.infer<typeof Exports>,
  ) {
    this.#imports = imports;
    this.#module = module;
    this.#exports = exports;
    this.#fresh = new Uint8Array(exports.memory.buffer).slice();
    this.#stackPointer = exports.__stack_pointer.value;
    this.#streams = [...module.FS.streams];
  }

  static async open(): Promise<Python> {
    const imports = new PythonImports();
    const instance = catchInstance(imports);
    // Emscripten looks up flags for a file system that is not used here; the permission model forbids its way to them.
    Reflect.set(process, "binding", () => ({ fs: constants }));
    const { loadPyodide } = await import("pyodide");
    const pyodide = await loadPyodide({
      jsglobals: {},
      // The order of a set of strings is the same in every worker.
      env: { PYTHONHASHSEED: "0", HOME: "/" },
      _sysExecutable: "python",
    });
    // Python looks up now and then, and finds a program's time to be over.
    pyodide.setInterruptBuffer(new Uint8Array(1));
    pyodide.runPython(PYTHON_BOOTSTRAP);
    const [closed, common] = [CLOSED_MODULES, COMMON_MODULES].map((names) => JSON.stringify(names));
    pyodide.runPython(
      `_serve, _keep = _open(${ANSWER_FD}, frozenset(${closed}), ${common}); del _open`,
    );
    const module = PythonModule.parse(Reflect.get(pyodide, "_module"));
    return new Python(imports, module, Exports.parse(await instance));
  }

  get spent(): boolean {
    return this.#spent;
  }

  run(program: Program): Promise<Outcome> {
    const { limits, input, files, harness } = program;
    const printed = new Printed(limits.outputBytes);
    const running: Running = {
      endMs: performance.now() + limits.timeMs,
      printed,
      memoryBytes: this.#fresh.length + limits.memoryBytes,
      resultBytes: limits.resultBytes,
      answer: [],
    };
    this.#putBack();
    this.#imports.lock(this.#exports.memory, running);
    if (!this.#kept.has(harness) && this.#kept.size < MOST_KEPT) this.#keep(harness);
    const outcome = this.#outcome(JSON.stringify({ harness, files, input }), running);
    if (this.#exports.memory.buffer.byteLength > this.#fresh.length + MOST_GROWN_BYTES)
      this.#spent = true;
    return Promise.resolve(outcome);
  }

  /** Compiles the harness, which is ours, in the memory that all programs to come begin with: half of a short one's time. */
  #keep(harness: string): void {
    this.#kept.add(harness);
    this.#call("_keep", harness);
    this.#fresh = new Uint8Array(this.#exports.memory.buffer).slice();
  }

  /** JSON's way to write a text is one of Python's. */
  #call(name: string, text: string): void {
    const code = this.#module.stringToNewUTF8(`${name}(${JSON.stringify(text)})`);
    this.#exports.PyRun_SimpleStringFlags(code, 0);
  }

  #outcome(request: string, running: Running): Outcome {
    try {
      this.#call("_serve", request);
    } catch (error) {
      return this.#broken(error, running.printed.text);
    }
    const printed = running.printed.text;
    const answer = Buffer.concat(running.answer).toString("utf8");
    const text = answer.slice(1);
    switch (answer[0]) {
      case "R":
        return { ended: "returned", value: text, printed };
      case "T":
        return { ended: "threw", message: text, printed };
      case "M":
        return { ended: "limit", limit: "memory", printed };
      case "S":
        return { ended: "limit", limit: "stack", printed };
      default:
        return { ended: "died", message: "it ended without an answer", printed };
    }
  }

  /** Whatever it was unwound WebAssembly's stack: memory is put back, and nothing else has changed. */
  #broken(error: unknown, printed: string): Outcome {
    if (error instanceof Ended)
      return error.limit === undefined
        ? { ended: "died", message: error.message, printed }
        : { ended: "limit", limit: error.limit, printed };
    if (error instanceof RangeError) return { ended: "limit", limit: "stack", printed };
    const message = error instanceof Error ? error.message : String(error);
    return { ended: "died", message: `the interpreter broke: ${message}`, printed };
  }

  #putBack(): void {
    const bytes = new Uint8Array(this.#exports.memory.buffer);
    bytes.set(this.#fresh);
    bytes.fill(0, this.#fresh.length);
    this.#exports.__stack_pointer.value = this.#stackPointer;
    this.#module.FS.streams.splice(0, Infinity, ...this.#streams);
  }
}

/** Pyodide hands its imports to WebAssembly by itself: this stands in between, once. Gives the instance's exports. */
function catchInstance(imports: PythonImports): Promise<Record<string, unknown>> {
  const { instantiate } = WebAssembly;
  const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
  // Without its way to wait for promises Pyodide has one thing less to lock.
  Reflect.deleteProperty(WebAssembly, "Suspending");
  Reflect.deleteProperty(WebAssembly, "promising");
  Reflect.set(
    WebAssembly,
    "instantiate",
    async (bytes: Uint8Array, given?: WebAssembly.Imports): Promise<WebAssembly.Source> => {
      const env = given?.["env"];
      if (env === undefined) return instantiate(bytes, given);
      imports.guard(env);
      const source = await instantiate(bytes, given);
      resolve(source.instance.exports);
      Reflect.set(WebAssembly, "instantiate", instantiate);
      return source;
    },
  );
  return promise;
}
