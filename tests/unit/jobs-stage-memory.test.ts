import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { stageMemory } from "#main/core/resources/stage-memory.ts";
import type { StageFolders } from "#main/core/resources/stage-memory.ts";
import { Stage } from "#shared/schema/recipe.ts";

/** Five layers of hidden 192 in 6 heads of 32 (2 of keys), feed-forward 512, 768 tokens in its vocabulary. */
const model = fileURLToPath(new URL("../../assets/models/gradus-base", import.meta.url));
const WEIGHTS = 2_117_248 * 4;
const MIB = 2 ** 20;

function memoryOf(options: object, at: Partial<StageFolders> = {}): Map<string, number> {
  const stage = Stage.parse({ name: "stage", model: "base", ...options });
  const parts = stageMemory(stage, { model, longestPrompt: 40, ...at });
  return new Map(parts.map(({ name, bytes }) => [name, bytes]));
}

const GRPO = {
  kind: "grpo",
  data: { task: "arithmetic", difficulties: [3] },
  max_completion_length: 256,
  generation_batch_size: 64,
  max_steps: 1,
  beta: 0.1,
};
/** A step that is computed in two goes. */
const TWO_PARTS = { per_device_train_batch_size: 32, gradient_accumulation_steps: 2 };
const SFT = {
  kind: "sft",
  data: { source: GRPO.data, examples: 10 },
  max_length: 128,
  per_device_train_batch_size: 64,
};

test("training all weights holds gradients, two moments and a reference of the model's size", () => {
  const parts = memoryOf({ ...GRPO, ...TWO_PARTS });
  expect(parts.get("gradients")).toBe(WEIGHTS);
  expect(parts.get("AdamW")).toBe(2 * WEIGHTS);
  expect(parts.get("reference")).toBe(WEIGHTS);
  expect(parts.has("adapters")).toBe(false);
});

test("adapters are all that gradients and moments are held of, and the base is the reference", () => {
  const parts = memoryOf({
    ...GRPO,
    ...TWO_PARTS,
    use_peft: true,
    lora_r: 8,
    lora_target_modules: ["q_proj", "down_proj"],
  });
  // r (192 + 192) for q_proj, r (512 + 192) for down_proj.
  const bytes = 4 * 5 * 8 * (192 + 192 + 512 + 192);
  expect(parts.get("gradients")).toBe(bytes);
  expect(parts.get("AdamW")).toBe(2 * bytes);
  expect(parts.get("adapters")).toBe(bytes);
  expect(parts.has("reference")).toBe(false);
});

test("a step in one go holds the most before it has any gradients, and one of few tokens when it has all", () => {
  expect(memoryOf(GRPO).get("gradients")).toBe(0);
  const few = memoryOf({ ...SFT, per_device_train_batch_size: 1, max_length: 8 });
  expect(few.get("gradients")).toBeCloseTo(1.2 * WEIGHTS, 0);
  // Of the tied output matrix there are three.
  expect(few.get("activations")).toBeCloseTo(1.2 * 3 * 4 * 768 * 192, 0);
});

test("a step's activations are what the layers keep, the logits, the output matrix's layouts, and a fifth more", () => {
  const tokens = 64 * 128;
  // 4 · 192 + 2 · 192 + 2 · 64 + 3 · 512 + 6 · 128 numbers a token of a layer; five layers, and the gradients of one.
  const layer = 3584;
  const bytes = 4 * (tokens * 6 * layer + 2 * tokens * 768 + 2 * 768 * 192);
  expect(memoryOf(SFT).get("activations")).toBeCloseTo(1.2 * bytes, 0);
  // No row is longer than the longest example.
  const short = memoryOf(SFT, { longestExample: 50 }).get("activations") ?? 0;
  expect(short).toBeLessThan(0.45 * 1.2 * bytes);
  expect(
    memoryOf({ ...SFT, packing: true }, { longestExample: 50 }).get("activations"),
  ).toBeCloseTo(1.2 * bytes, 0);
});

test("layers that are computed again keep less, rounded products and dropout more", () => {
  const of = (options: object): number =>
    memoryOf({ ...SFT, ...options }).get("activations") ?? Number.NaN;
  const kept = of({});
  expect(of({ gradient_checkpointing: true })).toBeLessThan(0.5 * kept);
  // Rounded: 2 · 192 + 192 + 512 numbers a token of each layer, and the weights, in two bytes.
  const rounded = 2 * (64 * 128 * 5 * 1088 + 2_117_248);
  expect(of({ bf16: true }) - kept).toBeCloseTo(1.2 * rounded, 0);
  expect(of({ use_peft: true }) - of({ use_peft: true, lora_dropout: 0 })).toBeCloseTo(
    // Seven matrices' inputs, 5 · 192 + 192 + 512, twice.
    1.2 * 2 * 4 * 1664 * 64 * 128 * 5,
    0,
  );
});

test("a sampler's cache is as large as its completions and their columns make it", () => {
  // 64 rows of 48 + 256 columns; 2 · 5 layers · 2 heads · 32.
  expect(memoryOf(GRPO).get("KV cache")).toBe(4 * 64 * 320 * 2 * 5 * 2 * 32);
  const benchmark = { ...GRPO, kind: "benchmark", num_problems: 200, num_samples: 4 };
  const { generation_batch_size: _, max_steps: __, beta: ___, ...options } = benchmark;
  // 512 completions on 256 rows: 2 · 8 + 64 columns of room to move in.
  const cache = 4 * 256 * 384 * 2 * 5 * 2 * 32;
  expect(memoryOf(options).get("KV cache")).toBe(cache);
  expect(memoryOf({ ...options, bf16: true }).get("KV cache")).toBe(cache / 2);
  // A model of 2M weights has its matrices a second time in either precision.
  const weights = memoryOf(options).get("sampler's weights") ?? 0;
  expect(weights).toBe(4 * 2_117_248);
  expect(memoryOf({ ...options, bf16: true }).get("sampler's weights")).toBe(weights / 2);
});

test("a stage that does not train holds no gradients, and the process counts by itself", () => {
  const parts = memoryOf({
    kind: "benchmark",
    data: GRPO.data,
    num_problems: 1,
    num_samples: 1,
    max_completion_length: 16,
  });
  const sampling = ["sampler's weights", "KV cache", "prompts", "drawing", "programs"];
  expect([...parts.keys()]).toEqual(["process", "weights", "copies", ...sampling]);
  expect(parts.get("process")).toBe(460 * MIB);
});
