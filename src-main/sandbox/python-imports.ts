/**
 * What Python, once it has started, may still call outside WebAssembly. Pyodide's module imports 1,370 functions, most of
 * them the bridge to JavaScript; after `lock` they end the program, whoever calls them and however they were found
 * (gc, frames, ctypes): only clocks, reading of the in-memory file system and what is answered here remain.
 */
import type { SandboxLimit } from "#main/core/sandbox-port.ts";
import type { Printed } from "./interpreter.ts";

/** Where the bootstrap writes its answer; no file of Python's has such a number. */
export const ANSWER_FD = 1000;

/** Ends the program: a JavaScript exception unwinds WebAssembly's stack, and no Python code catches it. */
export class Ended extends Error {
  readonly limit: SandboxLimit | undefined;

  constructor(why: { readonly limit: SandboxLimit } | { readonly message: string }) {
    super("message" in why ? why.message : why.limit);
    this.limit = "limit" in why ? why.limit : undefined;
  }
}

/** The running program, as its calls outside concern it. */
export interface Running {
  readonly endMs: number;
  readonly printed: Printed;
  /** Of the interpreter's whole memory. */
  readonly memoryBytes: number;
  readonly resultBytes: number;
  readonly answer: Uint8Array[];
}

/** As they are: they read clocks and numbers, or files that lie in memory. */
const OPEN: ReadonlySet<string> = new Set([
  "clock_time_get",
  "clock_res_get",
  "emscripten_date_now",
  "emscripten_get_now",
  "emscripten_get_heap_max",
  "_tzset_js",
  "_timegm_js",
  "_mktime_js",
  "_localtime_js",
  "_gmtime_js",
  "random_get",
  "environ_sizes_get",
  "environ_get",
  "fd_close",
  "fd_seek",
  "fd_pread",
  "fd_fdstat_get",
  "__syscall_getcwd",
  "__syscall_stat64",
  "__syscall_lstat64",
  "__syscall_fstat64",
  "__syscall_newfstatat",
  "__syscall_faccessat",
  "__syscall_readlinkat",
  "__syscall_getdents64",
  "__syscall_fcntl64",
  "__syscall_ioctl",
  "__syscall_statfs64",
  "__syscall_fstatfs64",
  "__syscall_getuid32_js",
  "_try_fcntl64",
]);

// Numbers of errors and flags as Emscripten has them.
const EPERM = 63;
const EBADF = 8;
const EACCES = 2;
const WRITE_FLAGS = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000;

/** The imports of Pyodide's module, each behind a gate that closes with `lock`. */
export class PythonImports {
  #running: Running | undefined;
  #memory: WebAssembly.Memory | undefined;

  /** Puts the gates into the imports, where dynamic linking finds them too. */
  guard(env: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(env)) {
      if (typeof value !== "function") continue;
      const own = this.#own(name);
      const before = value;
      const gate = (...args: unknown[]): unknown => {
        if (this.#running === undefined || OPEN.has(name))
          return Reflect.apply(before, undefined, args);
        return own(this.#running, args, before);
      };
      env[name] = Object.assign(gate, value);
    }
  }

  /** From now on for good, and for this program. */
  lock(memory: WebAssembly.Memory, running: Running): void {
    this.#memory = memory;
    this.#running = running;
  }

  #own(name: string): (running: Running, args: readonly unknown[], before: Function) => unknown {
    switch (name) {
      case "fd_write":
        return (running, [fd, vectors, count, told]) =>
          this.#write(running, Number(fd), Number(vectors), Number(count), Number(told));
      case "fd_read":
        // There is nothing on the standard input.
        return (_running, args, before) =>
          Number(args[0]) > 2 ? Reflect.apply(before, undefined, args) : EBADF;
      case "__syscall_openat":
        return (_running, args, before) =>
          (Number(args[2]) & WRITE_FLAGS) === 0 ? Reflect.apply(before, undefined, args) : -EACCES;
      case "emscripten_resize_heap":
        return (running, args, before) =>
          Number(args[0]) >>> 0 <= running.memoryBytes ? Reflect.apply(before, undefined, args) : 0;
      case "_Py_CheckEmscriptenSignals_Helper":
        return (running) => {
          if (performance.now() > running.endMs) throw new Ended({ limit: "time" });
          return 0;
        };
      case "proc_exit":
      case "exit":
        return () => {
          throw new Ended({ message: "it ended its interpreter" });
        };
      default:
        if (name.startsWith("__syscall_")) return () => -EPERM;
        if (name.startsWith("fd_")) return () => EPERM;
        if (name === "_emscripten_system") return () => -EPERM;
        return () => {
          throw new Ended({ message: `it reached for ${name}, which is outside the sandbox` });
        };
    }
  }

  #write(running: Running, fd: number, vectors: number, count: number, told: number): number {
    if (this.#memory === undefined || (fd !== 1 && fd !== 2 && fd !== ANSWER_FD)) return EBADF;
    const { buffer } = this.#memory;
    const view = new DataView(buffer);
    let written = 0;
    for (let i = 0; i < count; i++) {
      const at = view.getUint32(vectors + 8 * i, true);
      const length = view.getUint32(vectors + 8 * i + 4, true);
      this.#take(running, fd, new Uint8Array(buffer, at, length));
      written += length;
    }
    view.setUint32(told, written, true);
    return 0;
  }

  #take(running: Running, fd: number, bytes: Uint8Array): void {
    if (fd === ANSWER_FD) {
      const before = running.answer.reduce((sum, part) => sum + part.length, 0);
      if (before + bytes.length > running.resultBytes) throw new Ended({ limit: "result" });
      running.answer.push(bytes.slice());
      return;
    }
    running.printed.add(Buffer.from(bytes).toString("utf8"));
    if (running.printed.over) throw new Ended({ limit: "output" });
  }
}
