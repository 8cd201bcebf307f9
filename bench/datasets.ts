/**
 * The dataset benchmark: 100,000 records through the procedures that the window calls.
 *
 *   npm run bench:datasets -- [--records N] [--json FILE]
 *
 * Latencies are medians of 15 calls, measured in the host's process, without the way over a socket.
 */
import { createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRouterClient } from "@orpc/server";
import { countdown } from "#main/core/problems/tasks/countdown.ts";
import { formatSolution } from "#main/core/problems/task.ts";
import { Random } from "#main/platform/random.ts";
import { Application } from "#main/services/application.ts";
import { createRouter } from "#main/procedures/router.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import { Figures } from "./figures.ts";

const CALLS = 15;

const { values } = parseArgs({
  options: { records: { type: "string", default: "100000" }, json: { type: "string" } },
});
const count = Number(values.records);
if (!Number.isInteger(count) || count < 1000) {
  console.error("usage: npm run bench:datasets -- [--records N, at least 1000] [--json FILE]");
  process.exit(2);
}

const figures = new Figures();

async function latency(
  name: string,
  note: string,
  call: (i: number) => Promise<unknown>,
  calls = CALLS,
): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    await call(i);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  figures.add(
    name,
    "ms",
    times[Math.floor(calls / 2)] ?? Number.NaN,
    `${note}; worst ${times.at(-1)?.toFixed(1)} ms`,
  );
}

/** Worked countdown problems with prose of varying length around them. */
async function writeRecords(file: string): Promise<void> {
  const out = createWriteStream(file);
  const random = new Random(7);
  const words =
    "first then so we look at the numbers and try another way until one of them fits because the target is near".split(
      " ",
    );
  for (let i = 0; i < count; i++) {
    const problem = countdown.generate(random, random.choice([3, 4, 5]));
    const { think, answer } = countdown.solve(problem);
    const prose = Array.from({ length: random.int(20, 160) }, () => random.choice(words)).join(" ");
    const line = JSON.stringify({
      messages: [
        { role: "user", content: problem.prompt },
        { role: "assistant", content: formatSolution({ think: `${prose}.\n${think}`, answer }) },
      ],
      task: problem.task,
      problem_id: problem.id,
      difficulty: problem.difficulty,
      gold: problem.gold,
      problem_data: problem.data,
    });
    if (!out.write(`${line}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
}

const folder = mkdtempSync(join(tmpdir(), "gradus-bench-"));
const file = join(folder, "records.jsonl");
await writeRecords(file);
const app = new Application({ workspace: join(folder, "workspace"), shell: "cli" });
const client = createRouterClient(createRouter(app), { context: {} });
const began = performance.now();
const job = await client.datasets.imports.start({ file: { path: file }, into: { name: "bench" } });
const settled = await app.datasets.jobs.settled(job.id);
if (settled.error !== null) throw new Error(settled.error.message);
const seconds = (performance.now() - began) / 1000;
figures.add(
  "import",
  "records/s",
  count / seconds,
  `${count} records, ${(statSync(file).size / 1e6).toFixed(0)} MB of JSONL, checked, measured, indexed`,
);
const [dataset] = await client.datasets.list();
if (dataset === undefined) throw new Error("the import left no dataset");
const datasetId = dataset.id;

const filters: readonly (readonly [string, RecordFilter])[] = [
  ["no filter", []],
  ["status", [{ field: "status", values: ["pending"] }]],
  ["text", [{ field: "text", value: "target is near" }]],
  ["rare word", [{ field: "text", value: "952" }]],
  ["range", [{ field: "words", min: 60, max: 90 }]],
  [
    "verdict and readability",
    [
      { field: "verdict", values: ["correct"] },
      { field: "readability", min: 50 },
    ],
  ],
  ["near duplicates", [{ field: "duplicate", values: ["near"] }]],
  ["extra duplicates", [{ field: "duplicate", values: ["extra"] }]],
  ["contamination", [{ field: "contamination", values: ["any"] }]],
];
for (const [name, filter] of filters) {
  await latency(`filter: ${name}`, "count and the first 50 rows", () =>
    client.datasets.records.page({ datasetId, filter, limit: 50 }),
  );
}
await latency("jump", "to the n-th of all, 50 rows around it", (i) =>
  client.datasets.records.page({
    datasetId,
    filter: [],
    at: { index: Math.floor(((i + 1) * (count - 1)) / CALLS) },
    before: 25,
    limit: 50,
  }),
);
await latency("jump, filtered", "to the n-th of the pending ones", (i) =>
  client.datasets.records.page({
    datasetId,
    filter: [{ field: "status", values: ["pending"] }],
    at: { index: Math.floor(((i + 1) * (count - CALLS)) / CALLS) },
    before: 25,
    limit: 50,
  }),
);
const ids = await client.datasets.records.ids({ datasetId, filter: [], limit: 10 * CALLS });
await latency("key to next", "accept one, get the next in full", async (i) => {
  const [id, next] = [ids[2 * i], ids[2 * i + 1]];
  if (id === undefined || next === undefined) throw new Error("too few records");
  await client.datasets.records.setStatus({ datasetId, target: { ids: [id] }, status: "accepted" });
  await client.datasets.records.get({ recordId: next });
});
await latency("save a text", "a new revision with all its measures", async (i) => {
  const recordId = ids[40 + i];
  if (recordId === undefined) throw new Error("too few records");
  const { messages, revision } = await client.datasets.records.get({ recordId });
  const edited = messages.map((turn) => ({ ...turn, content: `${turn.content} ${i}` }));
  await client.datasets.records.setText({ recordId, messages: edited, fromRevision: revision });
});
await latency(
  "flag all and undo",
  "one edit of every record, and back",
  async () => {
    const target = { filter: [] };
    await client.datasets.records.setStatus({ datasetId, target, status: "flagged" });
    await client.edits.undo({});
  },
  3,
);
await latency("statistics", "of all records", () => client.datasets.statistics({ datasetId }), 3);
const publish = performance.now();
await client.datasets.versions.publish({ datasetId, filter: [] });
figures.add("publish", "s", (performance.now() - publish) / 1000, `${count} records`);
figures.add("database", "MB", statSync(app.paths.database).size / 1e6, "after all of that");
await app.close();
rmSync(folder, { recursive: true, force: true });
figures.write(values.json);
