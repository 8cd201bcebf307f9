/**
 * What grows with long completions: GRPO of SmolLM2-135M with completions of up to 2,048 tokens, as a real stage in a
 * process of its own. Reports the process's memory step by step and how far it grew after the tenth, the peak beside the
 * estimate, and what one long completion costs among many that end at once, in a sampler of this process.
 *
 *   npm run bench:growth -- [--steps 50] [--length 2048] [--straggler 512] [--model FOLDER] [--json FILE]
 *
 * Eight completions are sampled for four steps of two rows each. Fifty steps take about 35 minutes on two quiet cores.
 */
import { NOTHING_TRIED } from "../tests/helpers/problem-with.ts";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadLanguageModel } from "#main/engine/model/language-model.ts";
import { Sampler } from "#main/engine/sampling/sampler.ts";
import type { SampleRequest } from "#main/engine/sampling/sampler.ts";
import { stageMemory } from "#main/core/resources/stage-memory.ts";
import { dataFolder } from "#main/platform/paths.ts";
import { withLengths } from "#main/services/recipes/checks/memory-check.ts";
import { Stage } from "#shared/schema/recipe.ts";
import { openEngine } from "./engine.ts";
import { runInProcess } from "./stage-process.ts";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "50" },
    length: { type: "string", default: "2048" },
    straggler: { type: "string", default: "512" },
    model: { type: "string" },
    json: { type: "string" },
  },
});
const MODEL = resolve(values.model ?? join(dataFolder(), "models", "smollm2-135m-instruct"));
/** Rows that end at once beside the long one. */
const OTHERS = 63;
/** Steps in which every length has been met. */
const SETTLED = 10;
const MIB = 2 ** 20;

const length = Number(values.length);
const stage = Stage.parse({
  name: "growth",
  model: "model",
  kind: "grpo",
  data: { task: "addition", difficulties: [2] },
  // Rewards that differ within a group, whatever the model knows: a group of equal ones is not computed.
  rewards: [{ name: "language" }, { name: "soft-overlong", cache_length: Math.floor(length / 2) }],
  // Hot enough that some completions never end by themselves.
  temperature: 1.3,
  generation_batch_size: 8,
  num_generations: 4,
  per_device_train_batch_size: 2,
  gradient_accumulation_steps: 1,
  max_completion_length: length,
  learning_rate: 1e-6,
  max_steps: Number(values.steps),
  save_steps: 10_000,
  bf16: true,
});

interface Grown {
  readonly step: number;
  readonly memoryBytes: number;
  readonly seconds: number;
}

async function trained(): Promise<{
  readonly steps: readonly Grown[];
  readonly peakBytes: number;
  readonly longest: number;
}> {
  const steps: Grown[] = [];
  let longest = 0;
  const { peakMemoryBytes } = await runInProcess(stage, MODEL, (messages) => {
    for (const { body: message } of messages) {
      if (message.type === "rollouts")
        for (const { completionIds } of message.rollouts)
          longest = Math.max(longest, completionIds.length);
      if (message.type !== "metrics") continue;
      const valueOf = (wanted: string): number | null =>
        message.points.find(({ name }) => name === wanted)?.value ?? null;
      const [memoryBytes, seconds] = [valueOf("memory_bytes"), valueOf("step_time")];
      const step = message.points[0]?.step;
      if (memoryBytes === null || seconds === null || step === undefined) continue;
      steps.push({ step, memoryBytes, seconds });
      console.log(`step ${step}: ${(memoryBytes / MIB).toFixed(0)} MiB, ${seconds.toFixed(1)} s`);
    }
  });
  return { steps, peakBytes: peakMemoryBytes, longest };
}

/**
 * Seconds of one long completion by itself and beside others that end at once; the second time of each. Greedy and in
 * float32: rounding differs with the rows that are computed together, and a draw near a border would then fall otherwise.
 */
async function straggler(
  tokens: number,
): Promise<{ readonly aloneSeconds: number; readonly togetherSeconds: number }> {
  const runtime = await openEngine();
  const model = loadLanguageModel(runtime, MODEL);
  const sampler = new Sampler(runtime, model);
  const prompt = (i: number): number[] =>
    Array.from({ length: 32 }, (_, j) => 1000 + i * 97 + j * 13);
  const options = {
    temperature: 0,
    top_p: 1,
    top_k: 0,
    min_p: 0,
    repetition_penalty: 1,
    max_completion_length: tokens,
  };
  const long: SampleRequest = { promptIds: prompt(0), seeds: [0] };
  const timed = async (requests: readonly SampleRequest[], stopIds: readonly number[]) => {
    let seconds = Number.NaN;
    let ids: readonly number[] = [];
    // The first time programs are traced, which later batches have.
    for (let i = 0; i < 2; i++) {
      const begun = performance.now();
      const [[first] = []] = await sampler.generate(requests, { ...options, stopIds });
      seconds = (performance.now() - begun) / 1000;
      ids = first?.ids ?? [];
    }
    if (ids.length !== tokens) throw new Error(`the long completion has ${ids.length} tokens`);
    return { seconds, ids };
  };
  const alone = await timed([long], []);
  const drawn = new Set(alone.ids);
  const stopIds = Array.from({ length: model.config.vocabSize }, (_, id) => id).filter(
    (id) => !drawn.has(id),
  );
  const others = Array.from({ length: OTHERS }, (_, i) => ({
    promptIds: prompt(i + 1),
    seeds: [i + 1],
  }));
  const together = await timed([long, ...others], stopIds);
  return { aloneSeconds: alone.seconds, togetherSeconds: together.seconds };
}

const parts = stageMemory(stage, withLengths(stage, { model: MODEL }, NOTHING_TRIED));
const estimatedBytes = parts.reduce((sum, { bytes }) => sum + bytes, 0);
const { steps, peakBytes, longest } = await trained();
const settled = steps.filter(({ step }) => step > SETTLED).map(({ memoryBytes }) => memoryBytes);
const grownBytes = settled.length === 0 ? null : Math.max(...settled) - (settled[0] ?? 0);
console.log(`longest completion: ${longest} tokens`);
if (grownBytes !== null)
  console.log(`grown after step ${SETTLED}: ${(grownBytes / MIB).toFixed(0)} MiB`);
console.log(
  `estimated ${(estimatedBytes / 2 ** 30).toFixed(2)} GiB, measured ${(peakBytes / 2 ** 30).toFixed(2)} GiB, ` +
    `ratio ${(estimatedBytes / peakBytes).toFixed(2)}; parts in GiB: ` +
    parts.map(({ name, bytes }) => `${name} ${(bytes / 2 ** 30).toFixed(2)}`).join(", "),
);
const late = await straggler(Number(values.straggler));
console.log(
  `one completion of ${values.straggler} tokens: ${late.aloneSeconds.toFixed(2)} s alone, ` +
    `${late.togetherSeconds.toFixed(2)} s among ${OTHERS} that end at once, ` +
    `ratio ${(late.togetherSeconds / late.aloneSeconds).toFixed(2)}`,
);
if (values.json !== undefined) {
  const report = { stage, steps, longest, grownBytes, estimatedBytes, peakBytes, parts, ...late };
  writeFileSync(resolve(values.json), `${JSON.stringify(report, undefined, 2)}\n`);
}
// TensorFlow's own exit handlers are not safe to run: end as the engine's process does.
process.kill(process.pid, "SIGKILL");
