import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { stageMemory } from "#main/core/resources/stage-memory.ts";
import type { StageFolders } from "#main/core/resources/stage-memory.ts";
import { Stage } from "#shared/schema/recipe.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

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

/** Two layers of hidden 64 in 2 heads of 32, feed-forward 128, and a vocabulary of 50,000. */
function wordyModel(): string {
  const folder = temporaryFolder();
  const config = {
    architectures: ["Qwen2ForCausalLM"],
    model_type: "qwen2",
    vocab_size: 50_000,
    hidden_size: 64,
    intermediate_size: 128,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 2,
    max_position_embeddings: 4096,
    rms_norm_eps: 1e-6,
    rope_theta: 10_000,
    tie_word_embeddings: true,
    hidden_act: "silu",
    bos_token_id: 1,
    eos_token_id: 1,
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  return folder;
}

const ONE_ROW = { ...GRPO, beta: 0, per_device_train_batch_size: 1, gradient_checkpointing: true };

test("rows without advantage go forward beside the gradients of the others", () => {
  const at = { model: wordyModel(), longestPrompt: 0 };
  // 4 · 64 + 2 · 64 + 2 · 64 + 3 · 128 + 2 · 256 numbers a token of a layer, and its input; four tensors of logits.
  const layer = 4 * (256 * (64 + 1408) + 4 * 256 * 50_000);
  // Scores, those with the mask, weights: 2 heads of 256 queries and keys.
  const piece = 4 * 3 * 2 * 256 * 256;
  const output = 4 * 50_000 * 64;
  expect(memoryOf(ONE_ROW, at).get("activations")).toBeCloseTo(1.2 * (layer + piece + output), 0);
});

test("logits are those of completions, however long the prompts are", () => {
  const at = { model: wordyModel(), longestPrompt: 1792 };
  const { max_completion_length: _, ...rest } = ONE_ROW;
  const of = (tokens: number): number =>
    memoryOf({ ...rest, max_completion_length: tokens }, at).get("activations") ?? 0;
  // 64 of 2,048 places against all of them, which are 2²⁶ numbers at the most; four tensors.
  const few = of(64);
  expect(few).toBeLessThan(of(1792) - 1.2 * 4 * 4 * (2 ** 26 - 128 * 50_000));
  // Of worked solutions too: 40 of 1,832 tokens, whose logits are two tensors.
  const sft = { ...SFT, max_length: 2048, per_device_train_batch_size: 1 };
  const solved = memoryOf(sft, { ...at, longestExample: 1832 }).get("activations") ?? 0;
  const whole = memoryOf(sft, { ...at, longestExample: 1832, longestPrompt: 0 }).get("activations");
  expect(solved).toBeLessThan((whole ?? 0) - 1.2 * 4 * 2 * (2 ** 26 - 128 * 50_000));
});

test("training keeps the programs of the lengths that it may meet, within what is kept of them", () => {
  const programs = (options: object): number =>
    memoryOf(options).get("training programs") ?? Number.NaN;
  // Five layers, rows of 128 tokens in one go: 269 + 16 + 5 · 339 operations, and 171 a layer of the optimizer's.
  // All 64, and as many as an epoch's last part has.
  expect(programs({ ...SFT, packing: true })).toBe(6300 * (2 * 1980 + 5 * 171));
  // Four lengths: 16, 32, 48, 64. That is 15,840 operations, of 24,000 that may be kept.
  expect(programs({ ...SFT, max_length: 64 })).toBe(6300 * (2 * 4 * 1980 + 5 * 171));
  // Of one row each there is one count, and eight lengths.
  expect(programs({ ...SFT, per_device_train_batch_size: 1 })).toBe(6300 * (8 * 1980 + 5 * 171));
  // In GRPO more shapes than are kept, of what trains, of what adds and of both that score.
  expect(programs({ ...GRPO, ...TWO_PARTS })).toBe(6300 * (4 * 24_000 + 5 * 171));
});
