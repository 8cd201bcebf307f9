/**
 * The comparison's benchmark: six benchmarks of 500 problems and four samples each, compared on a host that was just
 * started, and how long the host lets another call wait meanwhile.
 *
 *   npm run bench:compare -- [--json FILE]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "#main/platform/random.ts";
import { openStore } from "#main/store/store.ts";
import { prepareWorkspace } from "#main/store/workspace.ts";
import { connectTo } from "../tests/helpers/host-client.ts";
import { measuredLaunch } from "../tests/helpers/measured-store.ts";
import { startHost } from "../tests/helpers/window-host.ts";
import { Figures, quantile } from "./figures.ts";

const ROUNDS = 9;
const [MODELS, PROBLEMS, SAMPLES] = [6, 500, 4];

const { values } = parseArgs({ options: { json: { type: "string" } } });

function seed(folder: string): void {
  const store = openStore(prepareWorkspace(folder).database);
  const random = new Random(1);
  const right = (share: number): number[][] =>
    Array.from({ length: PROBLEMS }, () => {
      const own = (share + random.uniform()) / 2;
      return Array.from({ length: SAMPLES }, () => (random.uniform() < own ? 1 : 0));
    });
  measuredLaunch(
    store,
    "bench",
    Array.from({ length: MODELS }, (_, at) => ({
      label: `m${String(at)}`,
      right: right(0.3 + at / 20),
    })),
  );
  store.close();
}

/** Milliseconds that the report took, and the longest that one of the small calls made meanwhile took. */
async function round(folder: string): Promise<{ readonly report: number; readonly wait: number }> {
  const host = await startHost(folder);
  const [asking, other] = [await connectTo(host.url), await connectTo(host.url)];
  for (let i = 0; i < 20; i++) await other.call.cockpit.tags();
  const began = performance.now();
  let report = Number.NaN;
  const asked = asking.call.compare.report({ ids: ["p1"] }).then(() => {
    report = performance.now() - began;
  });
  let wait = 0;
  while (Number.isNaN(report)) {
    const sent = performance.now();
    await other.call.cockpit.tags();
    wait = Math.max(wait, performance.now() - sent);
  }
  await asked;
  asking.close();
  other.close();
  await host.kill();
  return { report, wait };
}

const folder = mkdtempSync(join(tmpdir(), "gradus-bench-"));
seed(folder);
const rounds: Awaited<ReturnType<typeof round>>[] = [];
for (let i = 0; i < ROUNDS; i++) rounds.push(await round(folder));
rmSync(folder, { recursive: true, force: true });

const figures = new Figures();
const note = `${String(MODELS - 1)} pairs, n ${String(PROBLEMS)}, k ${String(SAMPLES)}, median of ${String(ROUNDS)}`;
for (const [name, of] of [
  ["compare-report", rounds.map(({ report }) => report)],
  ["compare-longest-wait", rounds.map(({ wait }) => wait)],
] as const)
  figures.add(name, "ms", quantile(of, 0.5), `${note}; worst ${quantile(of, 1).toFixed(1)} ms`);
figures.write(values.json);
