/**
 * Where a row of the speed benchmark spends our time, by oneDNN's own clock: each product's shape with its share of the
 * threads' time, and what it comes to in arithmetic and in bytes. What is left is everything between the products.
 *
 *   npm run bench:profile -- ROW [MODEL FOLDER]
 *
 * oneDNN prints a line for every product, which makes the whole up to a tenth slower.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
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
  { stdio: ["pipe", "pipe", "ignore"], env: { ...process.env, ONEDNN_VERBOSE: "1" } },
);
child.stdin.write("\n".repeat(MEASUREMENTS));

const spent = new Map<string, Spent>();
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

const total = seconds * 1000 * availableParallelism();
const kernels = [...spent].sort(([, a], [, b]) => b.ms - a.ms);
const inside = kernels.reduce((sum, [, { ms }]) => sum + ms, 0);
console.log(
  `${name}: ${(seconds / (MEASUREMENTS - 1)).toFixed(2)} s a measurement, ${availableParallelism()} threads\n`,
);
console.log(
  "| what | calls | µs a call | GFLOP/s | GB/s | share of the threads' time |\n|---|---|---|---|---|---|",
);
for (const [what, { calls, ms }] of kernels.slice(0, SHOWN)) {
  const { flops, bytes } = work(what);
  const rate = (amount: number): string =>
    amount === 0 ? "" : ((amount * calls) / (ms * 1e6)).toFixed(amount === flops ? 0 : 1);
  console.log(
    `| ${what} | ${calls} | ${((1000 * ms) / calls).toFixed(1)} | ${rate(flops)} | ${rate(bytes)} | ${share(ms)} |`,
  );
}
const others = kernels.slice(SHOWN).reduce((sum, [, { ms }]) => sum + ms, 0);
console.log(`| other oneDNN primitives |  |  |  |  | ${share(others)} |`);
console.log(
  `| outside oneDNN: other kernels, their dispatch, waiting |  |  |  |  | ${share(total - inside)} |`,
);
process.exit(0);

function share(ms: number): string {
  return `${((100 * ms) / total).toFixed(1)}%`;
}

/** Of a line "onednn_verbose,v1,primitive,exec,cpu,KIND,IMPLEMENTATION,…,FORMATS,…,SHAPE,MS". */
function count(line: string): void {
  const fields = line.split(",");
  const [kind = "", shape = "", ms = ""] = [fields[5], fields.at(-2), fields.at(-1)];
  const type = /src:(\w+)/.exec(line)?.[1] ?? "";
  const key = `${kind} ${type} ${shape}`;
  const known = spent.get(key) ?? { calls: 0, ms: 0 };
  spent.set(key, { calls: known.calls + 1, ms: known.ms + Number(ms) });
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
