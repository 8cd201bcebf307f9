import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { stageMemory } from "#main/jobs/stage-memory.ts";
import { GrpoStage } from "#shared/schema/recipe.ts";

const model = fileURLToPath(new URL("../../assets/models/gradus-base", import.meta.url));
const WEIGHTS = 2_117_248 * 4;

function memoryOf(changes: object): Map<string, number> {
  const stage = GrpoStage.parse({
    name: "grpo",
    kind: "grpo",
    model: "base",
    data: { task: "arithmetic", difficulties: [3] },
    generation_batch_size: 64,
    max_steps: 1,
    beta: 0.1,
    ...changes,
  });
  return new Map(stageMemory(stage, { model }, 40).map(({ name, bytes }) => [name, bytes]));
}

test("training all weights holds gradients, two moments and a reference of the model's size", () => {
  const parts = memoryOf({});
  expect(parts.get("gradients")).toBe(WEIGHTS);
  expect(parts.get("AdamW")).toBe(2 * WEIGHTS);
  expect(parts.get("reference")).toBe(WEIGHTS);
  expect(parts.has("adapters")).toBe(false);
});

test("adapters are all that gradients and moments are held of, and the base is the reference", () => {
  const parts = memoryOf({
    use_peft: true,
    lora_r: 8,
    lora_target_modules: ["q_proj", "down_proj"],
  });
  // Five layers of hidden 192 and feed-forward 512: r (192 + 192) for q_proj, r (512 + 192) for down_proj.
  const bytes = 4 * 5 * 8 * (192 + 192 + 512 + 192);
  expect(parts.get("gradients")).toBe(bytes);
  expect(parts.get("AdamW")).toBe(2 * bytes);
  expect(parts.get("adapters")).toBe(bytes);
  expect(parts.has("reference")).toBe(false);
});

test("layers that are computed again keep less", () => {
  const [kept, again] = [memoryOf({}), memoryOf({ gradient_checkpointing: true })];
  expect(again.get("activations")).toBeLessThan(0.7 * (kept.get("activations") ?? 0));
});
