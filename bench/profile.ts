/**
 * Where a row of the speed benchmark spends our time, by oneDNN's own clock: each product's shape with its milliseconds
 * a measurement, and what it comes to in arithmetic and in bytes. Products at work at the same moment, of two lanes or of
 * two branches of a graph, count each for itself, so the sum may pass the whole.
 *
 *   npm run bench:profile -- ROW [MODEL FOLDER]
 *
 * oneDNN prints a line for every product, which makes the whole up to a tenth slower.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ROWS } from "./rows.ts";

/** The first is a warm-up. */
const MEASUREMENTS = 3;
const SHOWN = 14;

type Spent = { calls: number; ms: number };

const [name = "", folder = ""] = process.argv.slice(2);
if (!ROWS.some((row) => row.name === name)) {
  console.error(
    `usage: npm run bench:profile -- ROW [MODEL FOLDER]\nrows: ${ROWS.map((row) => row.name).join(", ")}`,
  );
  process.exit(2);
}

const child = spawn(
  process.execPath,
  [fileURLToPath(new URL("./ours.ts", import.meta.url)), name, ...(folder === "" ? [] : [folder])],
  {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...process.env, ONEDNN_VERBOSE: "1", ONEDNN_VERBOSE_TIMESTAMP: "1" },
  },
);
child.stdin.write("\n".repeat(MEASUREMENTS));

const spent = new Map<string, Spent>();
/** Start and end of each primitive, in ms. */
const spans: (readonly [start: number, end: number])[] = [];
let seconds = 0;
let answers = 0;
for await (const line of createInterface({ input: child.stdout })) {
  if (line.startsWith('{"amount"')) {
    if (answers++ > 0) seconds += (JSON.parse(line) as { readonly seconds: number }).seconds;
    if (answers === MEASUREMENTS) break;
  } else if (answers > 0 && line.startsWith("onednn_verbose") && line.includes(",exec,")) {
    count(line);
  }
}
child.kill("SIGKILL");

const measured = MEASUREMENTS - 1;
const wallMs = (1000 * seconds) / measured;
const kernels = [...spent].sort(([, a], [, b]) => b.ms - a.ms);
const sum = (some: readonly (readonly [string, Spent])[]): number =>
  some.reduce((total, [, { ms }]) => total + ms / measured, 0);
console.log(`${name}: ${wallMs.toFixed(0)} ms a measurement\n`);
console.log("| what | calls | µs a call | GFLOP/s | GB/s | ms |\n|---|---|---|---|---|---|");
for (const [what, { calls, ms }] of kernels.slice(0, SHOWN)) {
  const { flops, bytes } = work(what);
  const rate = (amount: number, digits: number): string =>
    amount === 0 ? "" : ((amount * calls) / (ms * 1e6)).toFixed(digits);
  console.log(
    `| ${what} | ${calls / measured} | ${((1000 * ms) / calls).toFixed(1)} | ${rate(flops, 0)} | ${rate(bytes, 1)} | ${(ms / measured).toFixed(0)} |`,
  );
}
console.log(`| other oneDNN primitives |  |  |  |  | ${sum(kernels.slice(SHOWN)).toFixed(0)} |`);
console.log(`| all |  |  |  |  | ${sum(kernels).toFixed(0)} |`);
console.log(`| no oneDNN primitive at work |  |  |  |  | ${(wallMs - coveredMs()).toFixed(0)} |`);
process.exit(0);

/** How long at least one primitive was at work, a measurement. */
function coveredMs(): number {
  let covered = 0;
  let until = 0;
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    covered += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return covered / measured;
}

/** Of a line "onednn_verbose,v1,START,primitive,exec,cpu,KIND,IMPLEMENTATION,…,FORMATS,…,SHAPE,MS". */
function count(line: string): void {
  const fields = line.split(",");
  const [start, kind = "", shape = ""] = [Number(fields[2]), fields[6], fields.at(-2)];
  const ms = Number(fields.at(-1));
  const type = /src:(\w+)/.exec(line)?.[1] ?? "";
  const key = `${kind} ${type} ${shape}`;
  const known = spent.get(key) ?? { calls: 0, ms: 0 };
  spent.set(key, { calls: known.calls + 1, ms: known.ms + ms });
  spans.push([start, start + ms]);
}

/** Of one product "matmul TYPE [batch x] M x K : [batch x] K x N": its arithmetic, and the bytes of both factors. */
function work(what: string): { readonly flops: number; readonly bytes: number } {
  const [kind, type, shape = ""] = what.split(" ");
  if (kind !== "matmul") return { flops: 0, bytes: 0 };
  const [a = [], b = []] = shape.split(":").map((side) => side.split("x").map(Number));
  const size = (dims: readonly number[]): number => dims.reduce((x, y) => x * y, 1);
  return {
    flops: 2 * size(a) * (b.at(-1) ?? 0),
    bytes: (type === "bf16" ? 2 : 4) * (size(a) + size(b)),
  };
}
