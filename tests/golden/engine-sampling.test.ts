/** Sampling with a cache, refilled rows and moving columns gives what plain forward passes give. */
import { describe, expect, test, vi } from "vitest";
import { initLanguageModel } from "#main/engine/model/language-model.ts";
import type { LanguageModel } from "#main/engine/model/language-model.ts";
import { LoraModel } from "#main/engine/model/lora.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { Tensor } from "#main/engine/runtime/tf.ts";
import { Sampler } from "#main/engine/sampling/sampler.ts";
import type { GenerateOptions } from "#main/engine/sampling/sampler.ts";
import { PolicyTrainer } from "#main/engine/training/policy-trainer.ts";
import { logitsOf, logprobsOf, randomRows } from "../helpers/engine-forward.ts";
import { PLAIN_POLICY } from "../helpers/engine-gradients.ts";
import { ARCHITECTURES, itemAt, largestDifference, tinyConfig } from "../helpers/engine-model.ts";
import { argmax, pairs, raggedRequests } from "../helpers/sampled-rows.ts";

const runtime = await openRuntime({ choice: "tensorflow" });

/** One set of options, prompts of up to 30 tokens and 5 completions or more: one compiled program for most tests. */
const TEMPERATURE = 0.8;
const free: GenerateOptions = {
  temperature: TEMPERATURE,
  top_p: 1,
  top_k: 0,
  min_p: 0,
  repetition_penalty: 1,
  max_completion_length: 21,
  stopIds: [],
};

/** The largest gap between the sampler's log-probabilities and a full forward pass over prompt and completion. */
function logprobGap(
  model: LanguageModel,
  all: ReturnType<typeof pairs>,
  temperature = TEMPERATURE,
): number {
  const rows = all.map(({ promptIds, completion }) => [...promptIds, ...completion.ids]);
  const full = logprobsOf(runtime, model, rows, temperature);
  return Math.max(
    ...all.map(({ promptIds, completion }, i) =>
      largestDifference(completion.logprobs, itemAt(full, i).slice(promptIds.length - 1)),
    ),
  );
}

test.each(
  ARCHITECTURES.flatMap((architecture) => [[architecture, 4] as const, [architecture, 1] as const]),
)(
  "sampling a %s model with a cache (%d tokens a call) gives the log-probabilities of full forward passes through refills and shifts",
  async (architecture, tokensPerCall) => {
    const model = initLanguageModel(runtime, tinyConfig(architecture), 31);
    const sampler = new Sampler(runtime, model, { maxRows: 4, tokensPerCall });
    // 24 completions of 21 tokens through 4 rows: 6 refills, and more columns than the cache has.
    const requests = raggedRequests(model, 8, 3, 32);
    const all = pairs(requests, await sampler.generate(requests, free));
    expect(all).toHaveLength(24);
    for (const { completion } of all) expect(completion.finishReason).toBe("length");
    expect(logprobGap(model, all)).toBeLessThan(1e-4);
    sampler.dispose();
    model.dispose();
  },
);

test.each(ARCHITECTURES)(
  "a %s model that samples in bfloat16 gives the log-probabilities of forward passes in bfloat16, of the weights as they are",
  async (architecture) => {
    const model = initLanguageModel(runtime, tinyConfig(architecture), 33);
    const sampler = new Sampler(runtime, model, {
      maxRows: 4,
      tokensPerCall: 1,
      precision: "bfloat16",
    });
    const requests = raggedRequests(model, 8, 3, 34);
    const trainer = new PolicyTrainer(runtime, model, null, {
      ...PLAIN_POLICY,
      temperature: TEMPERATURE,
      bf16: true,
      usesOldLogprobs: true,
    });
    /** Mean and largest difference of the sampler's log-probabilities and the trainer's. */
    const gaps = async (): Promise<{ readonly mean: number; readonly largest: number }> => {
      const all = pairs(requests, await sampler.generate(requests, free));
      const scored = trainer.score(
        all.map(({ promptIds, completion }) => ({
          promptIds,
          completionIds: completion.ids,
          finished: true,
          advantage: 0,
        })),
      );
      const differences = all.flatMap(({ completion }, i) =>
        completion.logprobs.map((logprob, t) =>
          Math.abs(logprob - itemAt(itemAt(scored, i).old ?? [], t)),
        ),
      );
      return {
        mean: differences.reduce((a, b) => a + b, 0) / differences.length,
        largest: Math.max(...differences),
      };
    };
    const fresh = await gaps();
    expect(fresh.largest).toBeGreaterThan(0);
    expect(fresh.mean).toBeLessThan(0.02);
    expect(fresh.largest).toBeLessThan(0.15);
    for (const variable of model.variables.values()) {
      const value = variable.read();
      const grown = tf.mul(value, 1.5);
      variable.assign(grown);
      tf.dispose([value, grown]);
    }
    const changed = await gaps();
    // Weights half as large again make sharper choices of what rounding moves; those of before are off by 1.8 to 2.1.
    expect(changed.mean).toBeLessThan(0.08);
    trainer.dispose();
    sampler.dispose();
    model.dispose();
  },
);

test("an adapter is added to the rounded weights that a model samples from", async () => {
  const model = LoraModel.onto(
    runtime,
    initLanguageModel(runtime, tinyConfig("llama"), 35),
    { r: 2, alpha: 8, dropout: 0, targets: ["q_proj", "down_proj"], rslora: false },
    36,
  );
  const sampler = new Sampler(runtime, model, {
    maxRows: 4,
    tokensPerCall: 1,
    precision: "bfloat16",
  });
  const requests = raggedRequests(model, 6, 1, 37);
  const before = (await sampler.generate(requests, free)).flat();
  for (const [name, variable] of model.trainable) {
    if (!name.includes("lora_B")) continue;
    const value = tf.randomNormal([...variable.shape], 0, 0.5, "float32", 38);
    variable.assign(value);
    value.dispose();
  }
  const all = pairs(requests, await sampler.generate(requests, free));
  expect(all.map(({ completion }) => completion.ids)).not.toEqual(before.map(({ ids }) => ids));
  // Rounding moves a log-probability by tenths at the most; leaving the adapter out moves it by 7.8.
  expect(logprobGap(model, all)).toBeLessThan(0.25);
  sampler.dispose();
});

describe("a sampler", () => {
  const model = initLanguageModel(runtime, tinyConfig("qwen2", { numLayers: 1 }), 41);
  const sampler = new Sampler(runtime, model, { maxRows: 4, tokensPerCall: 4 });

  test("finds room for a long prompt that follows short ones", async () => {
    // The short rows stop at different times, so that the columns move left while the long prompt still waits.
    const [long = []] = randomRows(model.config, 1, 30, 30, 42);
    const short = Array.from({ length: 40 }, (_, i) => ({ promptIds: [5 + i], seeds: [i] }));
    const requests = [
      ...short,
      { promptIds: long, seeds: [100, 101] },
      ...short,
      { promptIds: long, seeds: [102] },
    ];
    const results = await sampler.generate(requests, {
      ...free,
      stopIds: [7, 11, 13, 17, 19, 23, 29, 31, 37],
    });
    expect(logprobGap(model, pairs(requests, results))).toBeLessThan(1e-4);
  });

  test("gives a completion that depends on its seed and prompt, not on its neighbours", async () => {
    const [promptIds = [], ...others] = randomRows(model.config, 9, 17, 30, 43);
    const request = { promptIds, seeds: [7, 8, 9, 10, 11] };
    const alone = itemAt(await sampler.generate([request], free), 0);
    const crowd = [...others.map((ids, i) => ({ promptIds: ids, seeds: [i, i + 100] })), request];
    const together = itemAt(await sampler.generate(crowd, free), crowd.length - 1);
    const wide = new Sampler(runtime, model, { maxRows: 16, tokensPerCall: 8 });
    const elsewhere = itemAt(await wide.generate([request, ...crowd], free), 0);
    wide.dispose();
    expect(together.map(({ ids }) => ids)).toEqual(alone.map(({ ids }) => ids));
    expect(elsewhere.map(({ ids }) => ids)).toEqual(alone.map(({ ids }) => ids));
    expect(alone[0]?.ids).not.toEqual(alone[1]?.ids);
  });

  test("gives one prompt with many seeds what it gives many prompts with one", async () => {
    const [promptIds = []] = randomRows(model.config, 1, 20, 20, 44);
    const seeds = [1, 2, 3, 4, 5, 6];
    const group = itemAt(await sampler.generate([{ promptIds, seeds }], free), 0);
    const single = (
      await sampler.generate(
        seeds.map((seed) => ({ promptIds, seeds: [seed] })),
        free,
      )
    ).flat();
    expect(group.map(({ ids }) => ids)).toEqual(single.map(({ ids }) => ids));
  });

  test("stops at the first of several stop ids, and keeps it", async () => {
    const requests = raggedRequests(model, 6, 1, 45);
    const unstopped = (await sampler.generate(requests, free)).flat();
    // One token of the first completion, one of the second: the others may hold either, or none.
    const stopIds = [itemAt(itemAt(unstopped, 0).ids, 4), itemAt(itemAt(unstopped, 1).ids, 9)];
    const stopped = (await sampler.generate(requests, { ...free, stopIds })).flat();
    stopped.forEach((completion, i) => {
      const whole = itemAt(unstopped, i).ids;
      const end = whole.findIndex((id) => stopIds.includes(id));
      expect(completion.ids).toEqual(end < 0 ? whole : whole.slice(0, end + 1));
      expect(completion.finishReason).toBe(end < 0 ? "length" : "stop");
      expect(completion.logprobs).toHaveLength(completion.ids.length);
    });
    expect(stopped.some(({ finishReason }) => finishReason === "stop")).toBe(true);
  });

  test.each([1, 1.4])(
    "draws greedily what full forward passes rank first (repetition penalty %d)",
    async (penalty) => {
      const greedy = new Sampler(runtime, model, { maxRows: 4, tokensPerCall: 4 });
      const requests = raggedRequests(model, 5, 1, 46);
      const options = { ...free, temperature: 0, repetition_penalty: penalty };
      const all = pairs(requests, await greedy.generate(requests, options));
      for (const { promptIds, completion } of all) {
        const ids = [...promptIds, ...completion.ids];
        const logits = logitsOf(runtime, model, ids);
        completion.ids.forEach((id, i) => {
          const t = promptIds.length + i;
          const ranked = itemAt(logits, t - 1);
          for (const seen of new Set(ids.slice(0, t))) {
            const logit = itemAt(ranked, seen);
            ranked[seen] = logit > 0 ? logit / penalty : logit * penalty;
          }
          expect(id).toBe(argmax(ranked));
        });
      }
      greedy.dispose();
    },
  );

  test("samples with the weights as they are now", async () => {
    const changing = initLanguageModel(runtime, tinyConfig("qwen3", { numLayers: 1 }), 47);
    const of = new Sampler(runtime, changing, { maxRows: 4, tokensPerCall: 4 });
    const requests = raggedRequests(changing, 5, 1, 48);
    const before = await of.generate(requests, free);
    for (const variable of changing.variables.values()) {
      const value = variable.read();
      const shrunk = tf.mul(value, 0.9);
      variable.assign(shrunk);
      tf.dispose([value, shrunk]);
    }
    const after = await of.generate(requests, free);
    expect(after).not.toEqual(before);
    expect(logprobGap(changing, pairs(requests, after))).toBeLessThan(1e-4);
    of.dispose();
    changing.dispose();
  });

  test("has the log-probabilities that the policy trainer computes", async () => {
    const requests = raggedRequests(model, 8, 1, 49);
    const filtering = new Sampler(runtime, model, { maxRows: 4, tokensPerCall: 4 });
    const completions = (
      await filtering.generate(requests, { ...free, temperature: 0.7, top_k: 20, top_p: 0.9 })
    ).flat();
    filtering.dispose();
    const trainer = new PolicyTrainer(runtime, model, null, {
      ...PLAIN_POLICY,
      temperature: 0.7,
      usesOldLogprobs: true,
    });
    const scored = trainer.score(
      completions.map(({ ids }, i) => ({
        promptIds: itemAt(requests, i).promptIds,
        completionIds: ids,
        finished: true,
        advantage: 0,
      })),
    );
    completions.forEach(({ logprobs }, i) => {
      expect(largestDifference(logprobs, itemAt(scored, i).old ?? [])).toBeLessThan(1e-4);
    });
    trainer.dispose();
  });

  test("leaves no tensor behind over 200 calls, and gives all back when it is disposed of", async () => {
    const untouched = runtime.tensorCount();
    const of = new Sampler(runtime, model, { maxRows: 4, tokensPerCall: 1 });
    const requests = raggedRequests(model, 10, 1, 50);
    await of.generate(requests, free);
    const before = runtime.tensorCount();
    let calls = 0;
    for (let round = 0; round < 4; round++)
      await of.generate(requests, { ...free, onProgress: () => calls++ });
    expect(calls).toBeGreaterThanOrEqual(200);
    expect(runtime.tensorCount()).toBe(before);
    of.dispose();
    expect(runtime.tensorCount()).toBe(untouched);
  });

  test("serves prompts of changing lengths and options, each with its own cache", async () => {
    const untouched = runtime.tensorCount();
    const of = new Sampler(runtime, model, { maxRows: 4, tokensPerCall: 4 });
    const short = randomRows(model.config, 5, 3, 12, 54).map((promptIds, i) => ({
      promptIds,
      seeds: [i],
    }));
    const long = raggedRequests(model, 5, 1, 55);
    const options = { ...free, max_completion_length: 5 };
    const first = [await of.generate(short, options), await of.generate(long, options)];
    const held = runtime.tensorCount();
    expect([await of.generate(short, options), await of.generate(long, options)]).toEqual(first);
    expect(runtime.tensorCount()).toBe(held);
    of.dispose();
    expect(runtime.tensorCount()).toBe(untouched);
  });

  test.each([4, 16])(
    "refuses to sample from weights that are not finite (%d rows)",
    async (maxRows) => {
      const broken = initLanguageModel(runtime, tinyConfig("qwen2", { numLayers: 1 }), 56);
      const norm = broken.variables.get("model.norm.weight");
      const nan = tf.fill([broken.config.hiddenSize], Number.NaN);
      norm?.assign(nan);
      const of = new Sampler(runtime, broken, { maxRows, tokensPerCall: 4 });
      await expect(of.generate(raggedRequests(broken, 20, 1, 57), free)).rejects.toMatchObject({
        code: "ENGINE_ERROR",
        message: "The model's logits are not finite, so nothing can be sampled from it.",
      });
      of.dispose();
      broken.dispose();
      nan.dispose();
    },
  );

  test("reports progress up to the last completion", async () => {
    const seen: { finished: number; total: number; tokens: number }[] = [];
    await sampler.generate(raggedRequests(model, 6, 1, 51), {
      ...free,
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen.at(-1)).toEqual({ finished: 6, total: 6, tokens: 6 * 21 });
  });

  test.each([4, 16])("ends at once when it is cancelled (%d rows)", async (maxRows) => {
    const of = new Sampler(runtime, model, { maxRows, tokensPerCall: 4 });
    const controller = new AbortController();
    let calls = 0;
    const onProgress = (): void => {
      calls++;
      controller.abort(new Error("enough"));
    };
    const cancelled = of.generate(raggedRequests(model, 40, 1, 52), {
      ...free,
      signal: controller.signal,
      onProgress,
    });
    await expect(cancelled).rejects.toThrow("enough");
    // Each lane may end the call that it was in.
    expect(calls).toBeLessThanOrEqual(Math.max(1, runtime.lanes));
    // The sampler is as good as before.
    const requests = raggedRequests(model, 20, 1, 53);
    const again = pairs(requests, await of.generate(requests, free));
    expect(logprobGap(model, again)).toBeLessThan(1e-4);
    of.dispose();
  });

  test("refuses a prompt that does not fit the context, saying what would", async () => {
    const promptIds = Array.from({ length: 250 }, () => 5);
    await expect(sampler.generate([{ promptIds, seeds: [1] }], free)).rejects.toMatchObject({
      code: "PROMPT_TOO_LONG",
      message: "A prompt of 250 tokens and 21 new ones do not fit the model's context of 256.",
      advice: expect.stringContaining("lower max_completion_length to 6"),
    });
  });

  test("refuses an empty prompt and gives nothing for nothing", async () => {
    await expect(sampler.generate([{ promptIds: [], seeds: [1] }], free)).rejects.toMatchObject({
      code: "BAD_INPUT",
    });
    expect(await sampler.generate([], free)).toEqual([]);
    expect(await sampler.generate([{ promptIds: [5], seeds: [] }], free)).toEqual([[]]);
  });
});

describe("a row that goes on long after the others", () => {
  const model = initLanguageModel(
    runtime,
    tinyConfig("llama", { maxPositionEmbeddings: 1024 }),
    61,
  );
  const length = 400;

  /** Writes down how many rows each call of a decode program computes. */
  function counted(rows: number[]): void {
    const { lane } = runtime;
    const compile = lane.compile.bind(lane);
    vi.spyOn(lane, "compile").mockImplementation((name, fn) => {
      const made = compile(name, fn);
      if (name !== "decode") return made;
      const asideOn: typeof made.asideOn = (instead, ...args) => {
        rows.push(args[1]?.size ?? 0);
        return made.asideOn(instead, ...args);
      };
      return Object.assign((...args: readonly Tensor[]) => made(...args), { ...made, asideOn });
    });
  }

  /** Greedy completions of one token, and one of many. */
  async function sampled(tokensPerCall: number): Promise<{
    readonly rows: readonly number[];
    readonly all: ReturnType<typeof pairs>;
  }> {
    const rows: number[] = [];
    counted(rows);
    const sampler = new Sampler(runtime, model, { tokensPerCall });
    const requests = raggedRequests(model, 64, 1, 62);
    const options = { ...free, temperature: 0, max_completion_length: length };
    const first = (
      await sampler.generate(requests, { ...options, max_completion_length: 1 })
    ).flat();
    const [long] = requests;
    if (long === undefined) throw new Error("no request");
    const alone = itemAt(await sampler.generate([long], options), 0);
    // Every other row ends with its first token; the long one draws none of these.
    const drawn = new Set(alone.flatMap(({ ids }) => ids));
    const stopIds = [...new Set(first.flatMap(({ ids }) => ids))].filter((id) => !drawn.has(id));
    const ended = requests.filter((_, i) => stopIds.includes(first[i]?.ids[0] ?? -1));
    rows.length = 0;
    const all = pairs(
      [long, ...ended],
      await sampler.generate([long, ...ended], { ...options, stopIds }),
    );
    sampler.dispose();
    vi.restoreAllMocks();
    expect(itemAt(all, 0).completion.ids).toEqual(itemAt(alone, 0).ids);
    return { rows, all };
  }

  test.each([1, 4])("goes on alone, with the same tokens (%d a call)", async (tokensPerCall) => {
    const { rows, all } = await sampled(tokensPerCall);
    expect(all.length).toBeGreaterThan(8);
    expect(itemAt(all, 0).completion.ids).toHaveLength(length);
    expect(logprobGap(model, all, 1)).toBeLessThan(1e-4);
    // One row a call once the others are done: beside them two calls of all.
    const computed = rows.reduce((sum, count) => sum + count, 0);
    expect(computed).toBeLessThan(2 * (length / tokensPerCall));
  });
});
