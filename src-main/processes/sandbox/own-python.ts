/**
 * A worker that runs Python of the user's own, for files that import what WebAssembly has not. The caller has the user's
 * word for each file (services/recipes/allowed-code.ts). Where bubblewrap is there, it has no network and writes nowhere
 * but into a folder of its own in memory; elsewhere it can do what the user can.
 */
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { parse } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { SandboxLimit } from "#main/core/sandbox-port.ts";
import type { SandboxOutcome } from "#main/core/sandbox-port.ts";
import { describeExit } from "../child-exit.ts";
import { OWN_PYTHON_PROGRAM } from "./own-python-program.ts";
import type { PoolWorker } from "./pool-worker.ts";
import { limited, returned } from "./read-outcome.ts";
import type { WorkerRequest } from "./sandbox-protocol.ts";

/** A program's imports come with its first call. */
const FIRST_CALL_MS = 120_000;
const HELD_ERRORS = 4000;
/** What a Python needs to find its packages; no keys and no tokens. */
const VARIABLES = ["PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "LANG", "LC_ALL", "VIRTUAL_ENV"];

const Answer = z.discriminatedUnion("ended", [
  z.strictObject({ ended: z.literal("ready") }),
  z.strictObject({ ended: z.literal("returned"), value: z.string() }),
  z.strictObject({ ended: z.literal("threw"), message: z.string() }),
  z.strictObject({ ended: z.literal("limit"), limit: SandboxLimit }),
]);

interface Waiting {
  readonly request: WorkerRequest;
  readonly resolve: (outcome: SandboxOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** The kind of a program that runs in this Python. */
export function ownPythonKind(python: string): string {
  return `python ${python}`;
}

export class OwnPython implements PoolWorker {
  readonly kind: string;
  readonly #python: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #changed: () => void;
  #timer: NodeJS.Timeout | undefined;
  #waiting: Waiting | undefined;
  #ready = false;
  #used = false;
  #over = false;
  #late = false;
  #printedBytes = 0;
  #errors = "";

  constructor(python: string, changed: () => void) {
    this.kind = ownPythonKind(python);
    this.#python = python;
    this.#changed = changed;
    const [command, ...args] = commandOf(python);
    this.#child = spawn(command, args, {
      // Python looks for modules in the folder where it starts, where none may be put there by others.
      cwd: parse(process.execPath).root,
      env: {
        ...Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]])),
        PYTHONUTF8: "1",
        PYTHONSAFEPATH: "1",
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#listen();
  }

  get over(): boolean {
    return this.#over;
  }

  get busy(): boolean {
    return this.#waiting !== undefined;
  }

  async run(request: WorkerRequest): Promise<SandboxOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<SandboxOutcome>();
    this.#waiting = { request, resolve, reject };
    if (this.#ready) this.#start(request);
    return promise;
  }

  end(): void {
    this.#over = true;
    this.#child.kill("SIGKILL");
  }

  #start({ harness, files, input, limits }: WorkerRequest): void {
    this.#printedBytes = 0;
    const ms = this.#used ? limits.timeMs : Math.max(limits.timeMs, FIRST_CALL_MS);
    this.#used = true;
    this.#timer = setTimeout(() => {
      this.#late = true;
      this.end();
    }, ms);
    const line = { harness, files, input, resultBytes: limits.resultBytes };
    this.#child.stdin.write(`${JSON.stringify(line)}\n`);
  }

  #listen(): void {
    const { stdin, stdout, stderr } = this.#child;
    // The exit tells of a process that reads no more.
    stdin.on("error", () => undefined);
    createInterface({ input: stdout }).on("line", (line) => {
      this.#take(line);
      this.#changed();
    });
    stderr.on("data", (bytes: Buffer) => {
      this.#errors = `${this.#errors}${bytes.toString("utf8")}`.slice(-HELD_ERRORS);
      this.#printedBytes += bytes.length;
      const waiting = this.#waiting;
      if (waiting !== undefined && this.#printedBytes > waiting.request.limits.outputBytes)
        this.#settle(limited("output", waiting.request, ""), { last: true });
    });
    this.#child.on("error", (error) => {
      this.#over = true;
      this.#fail(notStarted(this.#python, error.message));
    });
    this.#child.on("close", (code, signal) => {
      this.#over = true;
      const waiting = this.#waiting;
      if (waiting !== undefined) {
        if (this.#late) this.#settle(limited("time", waiting.request, ""));
        else if (!this.#ready) this.#fail(notStarted(this.#python, this.#errors.trim()));
        else
          this.#settle({
            ended: "died",
            message: `the process that ran it ${describeExit({ code, signal })}`,
            printed: this.#errors,
          });
      }
      this.#changed();
    });
  }

  #take(line: string): void {
    const answer = Answer.safeParse(jsonOf(line));
    const waiting = this.#waiting;
    if (!answer.success) {
      const message = "it wrote into the channel of its answers";
      this.#settle({ ended: "died", message, printed: "" }, { last: true });
      return;
    }
    const { data } = answer;
    if (data.ended === "ready") {
      this.#ready = true;
      if (waiting !== undefined) this.#start(waiting.request);
    } else if (waiting !== undefined) {
      if (data.ended === "returned") this.#settle(returned({ ...data, printed: "" }));
      else if (data.ended === "limit") this.#settle(limited(data.limit, waiting.request, ""));
      else this.#settle({ ...data, printed: "" });
    }
  }

  #settle(outcome: SandboxOutcome, { last = false } = {}): void {
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (last) this.end();
    waiting?.resolve(outcome);
  }

  #fail(error: Error): void {
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

let bubblewrap: boolean | undefined;

/** Whether bubblewrap works here: it may be there and not be allowed to make what it needs. */
export function hasBubblewrap(): boolean {
  bubblewrap ??=
    process.platform === "linux" &&
    spawnSync("bwrap", [...WALLS, "true"], { stdio: "ignore", timeout: 10_000 }).status === 0;
  return bubblewrap;
}

/** Everything is there to read, nothing to write but an empty /var/tmp; no network; ended with its parent. */
const WALLS = [
  ..."--die-with-parent --new-session --unshare-all".split(" "),
  ..."--ro-bind / / --dev /dev --proc /proc --tmpfs /var/tmp --chdir /var/tmp".split(" "),
  ..."--setenv TMPDIR /var/tmp".split(" "),
];

function commandOf(python: string): [string, ...string[]] {
  const run: [string, ...string[]] = [python, "-u", "-c", OWN_PYTHON_PROGRAM];
  return hasBubblewrap() ? ["bwrap", ...WALLS, ...run] : run;
}

function notStarted(python: string, why: string): AppError {
  return new AppError(
    "BAD_RECIPE",
    `The Python "${python}" could not be started: ${why === "" ? "it ended at once" : why}`,
    "Name a Python 3 that is installed: a command, or the path of an environment's python.",
  );
}
