/** A process that measures one row: it says what it is, then answers one line to each line. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";

const Ready = z.object({ what: z.string(), threads: z.int() });
const Measured = z.object({
  amount: z.number().positive(),
  seconds: z.number().positive(),
  peakBytes: z.number(),
});
export type Measured = z.infer<typeof Measured>;

export class Worker {
  readonly ready: z.infer<typeof Ready>;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    child: ChildProcess,
    lines: AsyncIterator<string>,
    ready: z.infer<typeof Ready>,
  ) {
    this.#child = child;
    this.#lines = lines;
    this.ready = ready;
  }

  static async start(command: string, args: readonly string[]): Promise<Worker> {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: {
        ...process.env,
        TF_CPP_MIN_LOG_LEVEL: "2",
        NODE_NO_WARNINGS: "1",
        HF_HUB_OFFLINE: "1",
        TRANSFORMERS_VERBOSITY: "error",
        HF_HUB_DISABLE_PROGRESS_BARS: "1",
      },
    });
    process.once("exit", () => child.kill("SIGKILL"));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new Worker(child, lines, Ready.parse(await nextJson(lines, command)));
  }

  async measure(): Promise<Measured> {
    this.#child.stdin?.write("\n");
    return Measured.parse(await nextJson(this.#lines, this.ready.what));
  }

  /** Resolves when the process is gone and its memory free. */
  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await gone;
  }
}

/** The next line that is JSON: libraries write what they like in between. */
async function nextJson(lines: AsyncIterator<string>, who: string): Promise<unknown> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${who} ended before it answered; its message is above`);
    if (value.startsWith("{")) return JSON.parse(value);
  }
}
