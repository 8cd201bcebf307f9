/**
 * The search of texts in the completions of a run: 100,000 of them, read one by one and by their index.
 *
 * The time of a search is the processor's: other work on the machine leaves it as it is.
 *
 *   npm run bench:text-search -- [--json FILE]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "#main/platform/random.ts";
import { openStore } from "#main/store/store.ts";
import type { Store } from "#main/store/store.ts";
import type { Rollout } from "#shared/schema/engine-protocol.ts";
import type { RunId } from "#shared/schema/run.ts";
import { insertRun } from "./cockpit-workspace.ts";
import { Figures, quantile } from "./figures.ts";

const { values } = parseArgs({ options: { json: { type: "string" } } });

const STEPS = 1563;
const GROUPS = 8;
const COMPLETIONS = 8;
const TOKENS = 150;
const WORDS =
  "so the first number is twelve and we add seven carry one then total again because it equals wait let me think step by step maybe digit tens ones minus plus".split(
    " ",
  );

const ASKED = [
  { name: "common", text: "</answer>", filter: {} },
  { name: "half", text: "again because", filter: {} },
  { name: "rare", text: "zebra quux", filter: {} },
  { name: "prompts", text: "what is", filter: {} },
  { name: "filtered", text: "</answer>", filter: { correct: true } },
  { name: "few-right", text: "</answer>", filter: { correct: true, minReward: 1, fromStep: 1500 } },
  { name: "pair", text: "qu", filter: {} },
  { name: "common-pair", text: "th", filter: {} },
  { name: "letter", text: "q", filter: {} },
  { name: "common-letter", text: "e", filter: {} },
  { name: "pair-filtered", text: "th", filter: { correct: true } },
] as const;

const figures = new Figures();
const random = new Random(7);

function words(count: number): string {
  return Array.from({ length: count }, () => WORDS[random.int(0, WORDS.length - 1)]).join(" ");
}

function rolloutsOf(step: number): Rollout[] {
  return Array.from({ length: GROUPS * COMPLETIONS }, (_, at) => {
    const right = random.uniform() < 0.5;
    const zebra = step % 300 === 7 && at === 3 ? " zebra quux" : "";
    return {
      step,
      group: Math.floor(at / COMPLETIONS),
      index: at % COMPLETIONS,
      problemId: `q${String(at)}`,
      difficulty: 3,
      prompt: `What is ${String(step)} + ${String(at)}? ${words(10)}`,
      completion: `<think>${words(100)}${zebra}</think><answer>${String(step + at)}</answer>`,
      completionIds: Array.from({ length: TOKENS }, (_unused, i) => i),
      logprobs: Array.from({ length: TOKENS }, () => -0.5),
      rewards: { answer: Number(right) },
      reward: Number(right),
      advantage: 0,
      correct: right,
      finishReason: "stop" as const,
    };
  });
}

function measure(store: Store, run: RunId, how: string, rounds: number): void {
  for (const { name, text, filter } of ASKED) {
    const took: number[] = [];
    let total = 0;
    for (let round = 0; round < rounds; round += 1) {
      const began = process.cpuUsage();
      ({ total } = store.rollouts.search(run, { text, ...filter, offset: 0, limit: 50 }));
      const { user, system } = process.cpuUsage(began);
      took.push((user + system) / 1000);
    }
    const note = `${String(total)} found, first page, median of ${String(rounds)}`;
    figures.add(`text-search-${how}-${name}`, "ms", quantile(took, 0.5), note);
  }
}

const folder = mkdtempSync(join(tmpdir(), "gradus-bench-"));
const file = join(folder, "gradus.sqlite");
const megabytes = (): number => statSync(file).size / 1e6;
try {
  const seeded = openStore(file);
  const run = insertRun(seeded);
  for (let step = 1; step <= STEPS; step += 1)
    seeded.provisionalTransaction(() => seeded.rollouts.insert(run, rolloutsOf(step)));
  seeded.close();
  const before = megabytes();
  const store = openStore(file);
  measure(store, run, "read", 5);
  const batches: number[] = [];
  for (let isMore = true; isMore;) {
    const began = performance.now();
    isMore = store.provisionalTransaction(() => store.rollouts.fillTextIndex());
    batches.push(performance.now() - began);
  }
  const took = batches.reduce((sum, one) => sum + one, 0) / 1000;
  store.close();
  figures.add("text-index-fill", "s", took, `${String(batches.length)} batches`);
  figures.add(
    "text-index-batch",
    "ms",
    quantile(batches, 0.5),
    `p95 ${quantile(batches, 0.95).toFixed(0)}`,
  );
  figures.add(
    "text-index-disk",
    "MB",
    megabytes() - before,
    `beside ${before.toFixed(0)} MB without it`,
  );
  const again = openStore(file);
  measure(again, run, "indexed", 9);
  const began = performance.now();
  again.rewind(run, { step: STEPS - 100, createdAtMs: 0 });
  figures.add("text-index-rewind", "ms", performance.now() - began, "6,400 completions go");
  again.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
figures.write(values.json);
