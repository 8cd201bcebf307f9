/**
 * The speed benchmark: ours beside PyTorch, transformers and TRL, in one run on one machine.
 *
 *   npm run bench -- [ROW…] [--peer] [--model FOLDER] [--rounds N] [--json FILE] [--report FILE]
 *
 * For each row both sides start anew, are warmed up, then take turns; a result is the median of the rounds. Without
 * --peer ours runs alone. Rows of the real model want SmolLM2-135M-Instruct (`gradus model get smollm2-135m-instruct`),
 * found in the default workspace or named by --model. The peer's Python environment is made in .cache/bench-venv from
 * bench/peer/requirements.txt, or named by GRADUS_BENCH_PYTHON. A whole run with --peer and without row names writes
 * docs/experiments/bench.md.
 */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { dataFolder } from "#main/platform/paths.ts";
import { preparePeer } from "./peer-environment.ts";
import { reportText, summary } from "./report.ts";
import type { Result, Side } from "./report.ts";
import { QUESTIONS, ROWS, SIZES } from "./rows.ts";
import type { Row } from "./rows.ts";
import { Worker } from "./worker.ts";

const FIRST_TOKEN = "first-token-135m";
const WARM_UP_ROUNDS = 1;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: "boolean", default: false },
    model: { type: "string" },
    rounds: { type: "string", default: "5" },
    json: { type: "string" },
    report: { type: "string" },
  },
});
const names = [...ROWS.map(({ name }) => name), FIRST_TOKEN];
const rounds = Number(values.rounds);
if (positionals.some((name) => !names.includes(name)) || !Number.isInteger(rounds) || rounds < 1) {
  console.error(
    `usage: npm run bench -- [ROW…] [--peer] [--model FOLDER] [--rounds N] [--json FILE] [--report FILE]\nrows: ${names.join(", ")}`,
  );
  process.exit(2);
}
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const model = resolve(values.model ?? join(dataFolder(), "models", "smollm2-135m-instruct"));
const hasModel = existsSync(join(model, "config.json"));
const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
const python = values.peer ? (process.env["GRADUS_BENCH_PYTHON"] ?? preparePeer()) : null;

/** Starts one side of a row. */
function start(side: "ours" | "peer", row: Row): Promise<Worker> {
  const folder = row.real ? [model] : [];
  if (side === "ours")
    return Worker.start(process.execPath, [here("./ours.ts"), row.name, ...folder]);
  const asked = JSON.stringify({ row, sizes: SIZES, questions: QUESTIONS });
  return Worker.start(python ?? "", [here("./peer/peer.py"), asked, ...folder]);
}

/** Both sides take turns, so that a change of the machine hits both. */
async function measure(row: Row): Promise<Result> {
  const sides: ("ours" | "peer")[] = python === null ? ["ours"] : ["ours", "peer"];
  const workers = new Map<"ours" | "peer", Worker>();
  for (const side of sides) workers.set(side, await start(side, row));
  const found = new Map<"ours" | "peer", Side>();
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [name, worker] of workers) {
      const { amount, seconds, peakBytes } = await worker.measure();
      const value = row.unit === "seconds" ? seconds : amount / seconds;
      const label = round < 0 ? "warm-up" : `round ${round + 1}/${rounds}`;
      console.error(`  ${row.name}  ${label}  ${name}  ${value.toPrecision(4)} ${row.unit}`);
      if (round < 0) continue;
      const before = found.get(name)?.values ?? [];
      found.set(name, { what: worker.ready.what, values: [...before, value], peakBytes });
    }
  }
  for (const worker of workers.values()) await worker.stop();
  const ours = found.get("ours");
  if (ours === undefined) throw new Error(`nothing was measured of ${row.name}`);
  return { row, ours, peer: found.get("peer") ?? null };
}

const FirstToken = z.object({ launch: z.number(), warm: z.number() });

/** A served model's first token, each time in a new process. */
function firstTokens(): z.infer<typeof FirstToken>[] {
  return Array.from({ length: rounds }, () => {
    const { stdout, status } = spawnSync(process.execPath, [here("./first-token.ts"), model], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2", NODE_NO_WARNINGS: "1" },
    });
    const line = stdout.split("\n").find((text) => text.startsWith("{"));
    if (line === undefined) throw new Error(`first-token.ts ended with ${status ?? "a signal"}`);
    return FirstToken.parse(JSON.parse(line));
  });
}

const results: Result[] = [];
for (const row of ROWS.filter(({ name }) => wanted(name))) {
  if (row.real && !hasModel) {
    console.error(
      `${row.name} is left out: there is no model in ${model}. \`gradus model get smollm2-135m-instruct\` brings it, --model names another folder.`,
    );
    continue;
  }
  const result = await measure(row);
  results.push(result);
  console.error(summary(result));
}
const tokens = wanted(FIRST_TOKEN) && hasModel ? firstTokens() : [];
const whole = positionals.length === 0 && python !== null;
const text = reportText(results, tokens, rounds);
const report = values.report ?? (whole ? here("../docs/experiments/bench.md") : undefined);
if (report !== undefined) writeFileSync(resolve(report), text);
else console.error(`\n${text}`);
const json = `${JSON.stringify({ results, firstTokens: tokens }, null, 2)}\n`;
if (values.json !== undefined) writeFileSync(resolve(values.json), json);
process.exit(0);
