/**
 * A child process that is no Node: it reads a line and writes a line. It ends with its host, since its input ends then.
 * What it prints as errors is kept for words about its end.
 */
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { describeExit } from "./child-exit.ts";

const KEPT_CHARACTERS = 4000;
const LONGEST_LINE = 256 * 2 ** 20;

export interface LineExit {
  /** E.g. "was ended by SIGKILL". */
  readonly what: string;
  /** The end of its errors. */
  readonly said: string;
  /** It was ended because it took too long. */
  readonly late: boolean;
}

export interface LineStart {
  readonly command: string;
  readonly args: readonly string[];
  /** All that it sees, beside what the system needs to start it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

export class LineChild {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: string[] = [];
  #said = "";
  #printedBytes = 0;
  #mostPrinted = Number.POSITIVE_INFINITY;
  #late = false;
  #exit: LineExit | undefined;
  #waiting: ((ended: string | LineExit) => void) | undefined;

  constructor({ command, args, environment, cwd }: LineStart) {
    const { SystemRoot, PATH, LANG } = process.env;
    this.#process = spawn(command, args, {
      env: { SystemRoot, PATH, LANG, ...environment },
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ["pipe", "pipe", "pipe"],
    });
    const { stdin, stdout, stderr } = this.#process;
    // A process that is just ending reads no more; its exit tells the rest.
    stdin.on("error", () => undefined);
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-KEPT_CHARACTERS);
      this.#printedBytes += Buffer.byteLength(text);
      if (this.flooded) this.kill();
    });
    let length = 0;
    stdout.on("data", (bytes: Buffer) => {
      length = bytes.includes(10) ? 0 : length + bytes.length;
      if (length > LONGEST_LINE) this.kill();
    });
    createInterface({ input: stdout, crlfDelay: Infinity }).on("line", (line) => {
      this.#lines.push(line);
      this.#hand();
    });
    this.#process.on("error", (error) => {
      this.#end(`could not be started (${error.message})`);
    });
    this.#process.on("close", (code, signal) => {
      this.#end(describeExit({ code, signal }));
    });
  }

  get pid(): number | undefined {
    return this.#exit === undefined ? this.#process.pid : undefined;
  }

  /** It printed more than it may, and was ended for it. */
  get flooded(): boolean {
    return this.#printedBytes > this.#mostPrinted;
  }

  /** @param mostPrinted bytes that it may print until the next line is sent */
  send(line: string, mostPrinted = Number.POSITIVE_INFINITY): void {
    this.#printedBytes = 0;
    this.#mostPrinted = mostPrinted;
    if (this.#exit === undefined) this.#process.stdin.write(`${line}\n`);
  }

  /** The next line, or how it ended; it is ended where neither comes in so long. One call at a time. */
  async next(ms: number): Promise<string | LineExit> {
    const { promise, resolve } = Promise.withResolvers<string | LineExit>();
    this.#waiting = resolve;
    this.#hand();
    const timer = setTimeout(() => {
      this.#late = true;
      this.kill();
    }, ms);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  #end(what: string): void {
    this.#exit ??= { what, said: this.#said, late: this.#late };
    this.#hand();
  }

  #hand(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    const next = this.#lines.shift() ?? this.#exit;
    if (next === undefined) return;
    this.#waiting = undefined;
    waiting(next);
  }
}
