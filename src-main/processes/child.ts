/**
 * A child process of the host, whatever it does: starts it, reads its messages, ends it, and tells once how it ended.
 * The child's own end is host-channel.ts.
 */
import { fork } from "node:child_process";
import type { ChildProcess, Serializable } from "node:child_process";
import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import type { z } from "zod";
import type { ChildExit } from "./child-exit.ts";
import { LAST_WORD_PIPE } from "./host-channel.ts";
import { forgetChild, noteChild } from "./orphans.ts";

export interface ChildStart<Message> {
  /** The module that it runs: `*-process.ts`. */
  readonly entry: string;
  readonly messages: z.ZodType<Message>;
  /** Where what it prints goes. `kept`: errors are kept as `ChildExit.said`, the rest is dropped. */
  readonly prints: LogFile | "terminal" | "kept" | "nowhere";
  /** Gives it the pipe of `endSaying`; what it writes there is kept as `ChildExit.said`. */
  readonly lastWordPipe?: boolean;
  /** Of V8's heap. */
  readonly heapBytes?: number;
  /** Ends the child. */
  readonly signal?: AbortSignal | undefined;
  /**
   * It may do nothing but compute: no environment, no process, no native code, no file but what is named, to read. Its
   * threads may start threads. Node's permission model sees to it.
   */
  readonly confined?: { readonly readable: readonly string[] };
  /** Where it is noted for the next host, should this one be killed; see orphans.ts. */
  readonly notes?: string;
}

export interface LogFile {
  readonly file: string;
  /** Begins anew where it is longer than this; otherwise what is printed is added. */
  readonly mostBytes?: number;
}

export interface ChildListener<Message> {
  message(message: Message): void;
  /** A message that the protocol does not know: a bug of ours, not of the user's. */
  unreadable(error: z.ZodError, raw: unknown): void;
  /** Once, after the last message was delivered. */
  exit(exit: ChildExit): void;
}

export class Child<Request extends Serializable, Message> {
  readonly #process: ChildProcess;
  #timer: NodeJS.Timeout | undefined;
  #late = false;
  #said = "";

  constructor(start: ChildStart<Message>, listener: ChildListener<Message>) {
    this.#process = forkChild(start);
    const { pid } = this.#process;
    if (pid !== undefined && start.notes !== undefined) noteChild(start.notes, pid);
    this.#keep(this.#process.stderr);
    this.#keep(this.#process.stdio[LAST_WORD_PIPE]);
    start.signal?.addEventListener("abort", this.kill);
    this.#listen(start, listener);
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  send(request: Request): void {
    // A child that is just dying takes no message; its exit tells the rest.
    if (this.#process.connected) this.#process.send(request, () => undefined);
  }

  /** Ends it at once. */
  readonly kill = (): void => {
    this.#process.kill("SIGKILL");
  };

  /** Ends it where it has not ended by itself in so long; a later call counts anew, and null lets it be. */
  endWithin(ms: number | null): void {
    clearTimeout(this.#timer);
    if (ms === null) return;
    this.#timer = setTimeout(() => {
      this.#late = true;
      this.kill();
    }, ms);
  }

  #keep(pipe: unknown): void {
    if (!(pipe instanceof Readable)) return;
    pipe.setEncoding("utf8").on("data", (text: string) => {
      this.#said += text;
    });
    pipe.on("error", () => undefined);
  }

  #listen(
    { messages, signal, notes }: ChildStart<Message>,
    listener: ChildListener<Message>,
  ): void {
    const child = this.#process;
    let ended: Pick<ChildExit, "code" | "signal" | "startError"> | undefined;
    let drained = false;
    let told = false;
    const settle = (): void => {
      if (ended === undefined || !drained || told) return;
      told = true;
      this.endWithin(null);
      signal?.removeEventListener("abort", this.kill);
      if (child.pid !== undefined && notes !== undefined) forgetChild(notes, child.pid);
      listener.exit({ ...ended, late: this.#late, said: this.#said });
    };
    child.on("message", (raw) => {
      const message = messages.safeParse(raw);
      if (message.success) listener.message(message.data);
      else listener.unreadable(message.error, raw);
    });
    // After the exit, once its pipes are read.
    child.on("close", (code, endedBy) => {
      ended ??= { code, signal: endedBy, startError: null };
      settle();
    });
    // The channel closes after its last message was read, which may be after the exit.
    child.on("disconnect", () => {
      drained = true;
      settle();
    });
    child.on("error", (error) => {
      if (child.pid !== undefined) return;
      ended = { code: null, signal: null, startError: error };
      drained = true;
      settle();
    });
  }
}

function forkChild(start: ChildStart<unknown>): ChildProcess {
  const { entry, prints, lastWordPipe, heapBytes, confined } = start;
  const log = typeof prints === "object" ? openLog(prints) : undefined;
  // What native code prints is for people: stdout belongs to a command's result.
  const out = log ?? (prints === "terminal" ? process.stderr : "ignore");
  try {
    return fork(entry, [], {
      // Electron's own executable behaves as Node with this variable.
      env: {
        ...(confined === undefined
          ? { TF_CPP_MIN_LOG_LEVEL: "2", ...process.env }
          : // Windows starts no process without.
            { SystemRoot: process.env["SystemRoot"] }),
        ELECTRON_RUN_AS_NODE: "1",
      },
      execArgv: [
        "--disable-warning=ExperimentalWarning",
        ...(confined === undefined ? [] : confinement(confined.readable)),
        ...(heapBytes === undefined
          ? []
          : [`--max-old-space-size=${Math.ceil(heapBytes / 2 ** 20)}`]),
      ],
      serialization: "advanced",
      stdio: [
        "ignore",
        out,
        prints === "kept" ? "pipe" : out,
        "ipc",
        ...(lastWordPipe === true ? (["pipe"] as const) : []),
      ],
    });
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

function confinement(readable: readonly string[]): string[] {
  return ["--permission", "--allow-worker", ...readable.map((path) => `--allow-fs-read=${path}`)];
}

function openLog({ file, mostBytes = Infinity }: LogFile): number {
  mkdirSync(dirname(file), { recursive: true });
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return openSync(file, bytes > mostBytes ? "w" : "a");
}
