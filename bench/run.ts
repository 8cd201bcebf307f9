/**
 * The speed benchmark: ours beside PyTorch with transformers, in one run on one machine.
 *
 *   npm run bench -- [NAME…] [--rounds N] [--json FILE]
 *
 * Both sides are warmed up first, then take turns; a result is the median of the rounds, and the
 * ratio is ours over the peer's. The peer's Python environment is made in .cache/bench-venv from
 * bench/peer/requirements.txt.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { preparePeer } from "./peer-environment.ts";

const BENCHMARKS = [
  { name: "training-step", note: "4.85M-parameter Qwen2, AdamW, 64 rows × 128 tokens, fp32" },
  {
    name: "sampling",
    note: "4.85M-parameter Qwen2, 64 prompts of 32 tokens + 96 new, temperature 1",
  },
] as const;

const WARM_UP_ROUNDS = 2;

const Ready = z.object({ what: z.string(), parameters: z.int(), threads: z.int() });
const Timing = z.object({ tokens: z.int(), seconds: z.number().positive() });
type Timing = z.infer<typeof Timing>;

/** A worker process that answers one line to each line. */
class Worker {
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
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2", NODE_NO_WARNINGS: "1" },
    });
    process.once("exit", () => child.kill("SIGKILL"));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new Worker(child, lines, Ready.parse(await nextLine(lines, command)));
  }

  async measure(name: string): Promise<Timing> {
    this.#child.stdin?.write(`${JSON.stringify({ name })}\n`);
    return Timing.parse(await nextLine(this.#lines, this.ready.what));
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }
}

async function nextLine(lines: AsyncIterator<string>, who: string): Promise<unknown> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error(`${who} ended before it answered; its message is above`);
  return JSON.parse(value);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)] ?? Number.NaN;
  const high = sorted[Math.ceil(middle)] ?? Number.NaN;
  return (low + high) / 2;
}

/** Median tokens a second of both sides, taking turns so that a change of the machine hits both. */
async function compare(
  name: string,
  rounds: number,
  ours: Worker,
  peer: Worker,
): Promise<{ readonly ours: number; readonly peer: number }> {
  const rates = { ours: [] as number[], peer: [] as number[] };
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [side, worker] of [
      ["ours", ours],
      ["peer", peer],
    ] as const) {
      const { tokens, seconds } = await worker.measure(name);
      if (round >= 0) rates[side].push(tokens / seconds);
      console.error(
        `  ${name}  ${round < 0 ? "warm-up" : `round ${round + 1}/${rounds}`}  ${side.padEnd(4)}  ${(tokens / seconds).toFixed(0)} tokens/s`,
      );
    }
  }
  return { ours: median(rates.ours), peer: median(rates.peer) };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, rounds: { type: "string", default: "7" } },
});
const unknown = positionals.filter(
  (name) => !BENCHMARKS.some((benchmark) => benchmark.name === name),
);
const rounds = Number(values.rounds);
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(
    `usage: npm run bench -- [${BENCHMARKS.map(({ name }) => name).join(" | ")}]… [--rounds N] [--json FILE]`,
  );
  process.exit(2);
}

process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

const chosen = BENCHMARKS.filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const python = preparePeer();
const ours = await Worker.start(process.execPath, [here("./ours.ts")]);
const peer = await Worker.start(python, [here("./peer/peer.py")]);
console.error(
  `ours: ${ours.ready.what}, ${ours.ready.threads} threads\npeer: ${peer.ready.what}, ${peer.ready.threads} threads`,
);
if (ours.ready.parameters !== peer.ready.parameters) {
  throw new Error(
    `the models differ: ${ours.ready.parameters} and ${peer.ready.parameters} parameters`,
  );
}
const results = [];
for (const { name, note } of chosen) {
  const rates = await compare(name, rounds, ours, peer);
  const ratio = rates.ours / rates.peer;
  results.push({
    name,
    unit: "tokens/s",
    ours: Math.round(rates.ours),
    peer: Math.round(rates.peer),
    ratio: Number(ratio.toFixed(3)),
    note: `${note}; medians of ${rounds} rounds; peer: ${peer.ready.what}`,
  });
}
ours.stop();
peer.stop();
for (const { name, unit, ours: mine, peer: theirs, ratio } of results) {
  console.error(
    `${name.padEnd(16)} ours ${mine} ${unit}, peer ${theirs} ${unit}, ratio ${ratio.toFixed(2)}×`,
  );
}
const json = `${JSON.stringify(results, null, 2)}\n`;
if (values.json === undefined) process.stdout.write(json);
else writeFileSync(resolve(values.json), json);
process.exit(0);
