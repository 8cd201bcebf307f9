/**
 * A worker that runs Python of the user's own, for files that import what WebAssembly has not. The caller has the user's
 * word for each file (services/recipes/allowed-code.ts). Where bubblewrap is there, it has no network and writes nowhere
 * but into a folder of its own in memory; elsewhere it can do what the user can.
 */
import { spawnSync } from "node:child_process";
import { parse } from "node:path";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { SandboxLimit } from "#main/core/sandbox-port.ts";
import type { SandboxOutcome } from "#main/core/sandbox-port.ts";
import { LineChild } from "../line-child.ts";
import type { LineExit } from "../line-child.ts";
import { OWN_PYTHON_PROGRAM } from "./own-python-program.ts";
import type { PoolWorker } from "./pool-worker.ts";
import { limited, returned } from "./read-outcome.ts";
import type { WorkerRequest } from "./sandbox-protocol.ts";

/** A program's imports come with its first call. */
const FIRST_CALL_MS = 120_000;
const START_MS = 30_000;
/** What a Python needs to find its packages; no keys and no tokens. */
const VARIABLES = ["PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "LANG", "LC_ALL", "VIRTUAL_ENV"];

const Answer = z.discriminatedUnion("ended", [
  z.strictObject({ ended: z.literal("returned"), value: z.string() }),
  z.strictObject({ ended: z.literal("threw"), message: z.string() }),
  z.strictObject({ ended: z.literal("limit"), limit: SandboxLimit }),
]);

/** The kind of a program that runs in this Python. */
export function ownPythonKind(python: string): string {
  return `python ${python}`;
}

export class OwnPython implements PoolWorker {
  readonly kind: string;
  readonly #python: string;
  readonly #child: LineChild;
  readonly #ready: Promise<string | LineExit>;
  readonly #changed: () => void;
  #used = false;
  #busy = false;
  #over = false;

  constructor(python: string, changed: () => void) {
    this.kind = ownPythonKind(python);
    this.#python = python;
    this.#changed = changed;
    const [command, ...args] = commandOf(python);
    this.#child = new LineChild({
      command,
      args,
      environment: {
        ...Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]])),
        PYTHONUTF8: "1",
        PYTHONSAFEPATH: "1",
      },
      // Python looks for modules in the folder where it starts, where none may be put there by others.
      cwd: parse(process.execPath).root,
    });
    this.#ready = this.#child.next(START_MS);
  }

  get over(): boolean {
    return this.#over;
  }

  get busy(): boolean {
    return this.#busy;
  }

  async run(request: WorkerRequest): Promise<SandboxOutcome> {
    this.#busy = true;
    try {
      const started = await this.#ready;
      if (typeof started !== "string") throw notStarted(this.#python, started);
      const outcome = await this.#call(request);
      if (outcome.ended === "died" || (outcome.ended === "limit" && outcome.limit !== "result"))
        this.end();
      return outcome;
    } catch (error) {
      this.end();
      throw error;
    } finally {
      this.#busy = false;
      // The pool looks for work once the outcome is handed on.
      queueMicrotask(this.#changed);
    }
  }

  end(): void {
    this.#over = true;
    this.#child.kill();
  }

  async #call(request: WorkerRequest): Promise<SandboxOutcome> {
    const { harness, files, input, limits } = request;
    const ms = this.#used ? limits.timeMs : Math.max(limits.timeMs, FIRST_CALL_MS);
    this.#used = true;
    const line = { harness, files, input, resultBytes: limits.resultBytes };
    this.#child.send(JSON.stringify(line), limits.outputBytes);
    const answer = await this.#child.next(ms);
    if (typeof answer !== "string") {
      if (this.#child.flooded) return limited("output", request, "");
      if (answer.late) return limited("time", request, "");
      return { ended: "died", message: `the process that ran it ${answer.what}`, printed: "" };
    }
    const read = Answer.safeParse(jsonOf(answer));
    if (!read.success)
      return { ended: "died", message: "it wrote into the channel of its answers", printed: "" };
    const { data } = read;
    if (data.ended === "returned") return returned({ ...data, printed: "" });
    if (data.ended === "limit") return limited(data.limit, request, "");
    return { ...data, printed: "" };
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

function notStarted(python: string, { what, said }: LineExit): AppError {
  const last = said.trim().split("\n").at(-1) ?? "";
  return new AppError(
    "BAD_RECIPE",
    `The Python "${python}" ${what}${last === "" ? "" : `: ${last}`}.`,
    "Name a Python 3 that is installed: a command, or the path of an environment's python.",
  );
}
