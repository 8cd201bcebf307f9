/** On-policy distillation around its objective: whose tokens, which batches, what it takes, what it says of a recipe. */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { NO_OUTSIDE } from "#main/core/problems/outside/outside-task.ts";
import { readModelConfig } from "#main/core/formats/hub-layout.ts";
import { divergenceBytes } from "#main/core/resources/divergence-memory.ts";
import { stageMemory } from "#main/core/resources/stage-memory.ts";
import { requireSameTokens, tokenDifference } from "#main/core/text/same-tokens.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { loadLanguageModel } from "#main/engine/model/language-model.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { DistillTrainer } from "#main/engine/training/distill-trainer.ts";
import { PromptBatches } from "#main/engine/training/prompt-batches.ts";
import { exportRecipe } from "#main/services/exports/export-recipe.ts";
import { requireRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { doubts } from "#main/services/recipes/checks/recipe-sanity.ts";
import { stageWork } from "#main/services/recipes/stage-work.ts";
import { fieldsOf } from "#renderer/features/recipe/fields/stage-fields.ts";
import { inertOptions } from "#shared/schema/inert-options.ts";
import { DistillStage } from "#shared/schema/stages/distill-stage.ts";
import { NO_SETS } from "../helpers/problem-with.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { writeTinyModel } from "../helpers/tiny-model.ts";
import { configHash } from "#main/engine/stages/session/config-hash.ts";

const folder = temporaryFolder();
const base = fileURLToPath(new URL("../../assets/models/gradus-base", import.meta.url));

const PLAIN = {
  name: "student",
  kind: "distill",
  model: "student",
  teacher: "teacher",
  data: { task: "arithmetic", difficulties: [3] },
  num_prompts: 8,
} as const;

function stageWith(options: object): DistillStage {
  return DistillStage.parse({ ...PLAIN, ...options });
}

describe("the teacher", () => {
  test("of the same tokens is one whose ids all stand for the same, whatever the folder is called", () => {
    const copy = join(folder, "another-name");
    cpSync(base, copy, { recursive: true });
    expect(tokenDifference(loadTokenizer(base), loadTokenizer(copy))).toBeNull();
  });

  test("of another tokenizer is refused with the first id that differs", () => {
    const other = join(folder, "other");
    cpSync(base, other, { recursive: true });
    const file = join(other, "tokenizer.json");
    const tokenizer = loadTokenizer(base);
    const [a, b] = [tokenizer.tokenOf(300) ?? "", tokenizer.tokenOf(301) ?? ""];
    const json: { model: { vocab: Record<string, number> } } = JSON.parse(
      readFileSync(file, "utf8"),
    );
    Object.assign(json.model.vocab, { [a]: 301, [b]: 300 });
    writeFileSync(file, JSON.stringify(json));
    const refuse = (): void => requireSameTokens(tokenizer, loadTokenizer(other));
    expect(refuse).toThrow("2 of 768 ids stand for another token: 300 is");
    expect(refuse).toThrow(JSON.stringify(b));
  });

  test("behind an endpoint is refused for its distribution and taken for its texts", () => {
    const teacher = { endpoint: "somebody" };
    const [found] = doubts(stageWith({ method: "gkd", teacher }), 0);
    expect(found).toMatchObject({ path: ["stages", 0, "teacher"] });
    expect(found?.message).toContain("an endpoint gives texts without them");
    expect(found?.level).toBeUndefined();
    expect(doubts(stageWith({ teacher }), 0)).toEqual([]);
  });
});

describe("batches", () => {
  const options = { seed: 5, rows: 3, accumulation: 2, lmbda: 0.4 };

  test("have every prompt once in an epoch, and are the same whenever they are asked for", () => {
    const batches = new PromptBatches(14, options);
    expect(batches.stepsPerEpoch).toBe(3);
    const epoch = (first: number): number[] =>
      [0, 1, 2].flatMap((step) => batches.step(first + step).flatMap(({ prompts }) => prompts));
    const once = Array.from({ length: 14 }, (_, i) => i);
    expect(epoch(0).toSorted((a, b) => a - b)).toEqual(once);
    expect(epoch(3)).not.toEqual(epoch(0));
    expect(new PromptBatches(14, options).step(4)).toEqual(batches.step(4));
    // 14 = 6 + 6 + 2: the last step has one part of two.
    expect(batches.step(2).map(({ prompts }) => prompts.length)).toEqual([2]);
  });

  test.each([0, 0.4, 1])("are the student's with probability lmbda, %s", (lmbda) => {
    const batches = new PromptBatches(600, { ...options, lmbda });
    const all = Array.from({ length: 500 }, (_, step) => batches.step(step)).flat();
    const share = all.filter(({ onPolicy }) => onPolicy).length / all.length;
    // Of 1,000 draws; three standard errors are 0.046.
    expect(Math.abs(share - lmbda)).toBeLessThanOrEqual(lmbda === 0.4 ? 0.046 : 0);
  });
});

test("a step is the same whatever rows are computed together, rows without completion teach nothing, and no tensor is left", async () => {
  const runtime = await openRuntime({ choice: "tensorflow" });
  const [own, teachers] = [3, 4].map((seed) =>
    writeTinyModel(join(folder, `tiny-${seed}`), seed),
  ) as [string, string];
  const rows = [
    { promptIds: [5, 6, 7], completionIds: [8, 9, 10, 1] },
    { promptIds: [5, 6], completionIds: [20, 21] },
    { promptIds: [9], completionIds: [] },
    { promptIds: [11, 12, 13, 14], completionIds: [30, 31, 32, 33, 34, 1] },
  ];
  const teacher = loadLanguageModel(runtime, teachers);
  const after = (together: number): [number, Float32Array] => {
    const student = loadLanguageModel(runtime, own);
    const stage = stageWith({
      method: "gkd",
      per_device_train_batch_size: together,
      adam_epsilon: 1,
    });
    const trainer = new DistillTrainer(runtime, student, teacher, stage);
    const made = trainer.step(rows, 0.1, 0);
    // Nothing at all to learn from: a step without a gradient.
    expect(trainer.step([{ promptIds: [5], completionIds: [] }], 0, 1)).toMatchObject({
      loss: 0,
      gradNorm: 0,
    });
    const weights = student.variables.get("model.embed_tokens.weight")?.data();
    trainer.dispose();
    student.dispose();
    return [made.loss, weights ?? new Float32Array()];
  };
  after(4);
  const before = runtime.tensorCount();
  const [[loss, weights], [otherLoss, otherWeights]] = [after(4), after(1)];
  expect(runtime.tensorCount()).toBe(before);
  expect(loss).toBeGreaterThan(0.01);
  expect(Math.abs(otherLoss - loss)).toBeLessThan(1e-5);
  const largest = weights.reduce(
    (most, one, i) => Math.max(most, Math.abs(one - (otherWeights[i] ?? Number.NaN))),
    0,
  );
  expect(largest).toBeLessThan(1e-5);
  teacher.dispose();
});

describe("a recipe", () => {
  test("of before the options has the hash that its checkpoints have", () => {
    const { method: _, ...given } = stageWith({});
    const { lmbda: __, beta: ___, seq_kd: ____, ...rest } = given;
    const { loss_top_k: a, loss_add_tail: b, disable_dropout: c, ...old } = rest;
    expect([a, b, c]).toEqual([0, true, true]);
    expect(configHash({ stage: stageWith({}), seed: 1 })).toBe(
      configHash({ stage: old as DistillStage, seed: 1 }),
    );
    expect(configHash({ stage: stageWith({ method: "gkd" }), seed: 1 })).not.toBe(
      configHash({ stage: stageWith({}), seed: 1 }),
    );
  });

  test("says which options do nothing", () => {
    const inert = (options: object): string[] => {
      const stage = stageWith(options);
      return [...inertOptions("distill", (name) => Reflect.get(stage, name)).keys()];
    };
    expect(inert({})).toEqual(expect.arrayContaining(["lmbda", "beta", "seq_kd", "loss_top_k"]));
    expect(inert({ method: "gkd" })).not.toContain("num_generations");
    expect(inert({ method: "gkd", lmbda: 1 })).toEqual(
      expect.arrayContaining(["seq_kd", "num_generations", "max_length", "loss_add_tail"]),
    );
    expect(inert({ method: "gkd", use_peft: true })).toContain("lora_dropout");
  });

  test("has a line of its own for beta, which is no weight of a KL term here", () => {
    const line = (kind: "distill" | "grpo"): string =>
      fieldsOf(kind).find(({ name }) => name === "beta")?.line ?? "";
    expect(line("distill")).toContain("1 reverse KL");
    expect(line("grpo")).toContain("no reference");
  });

  test("counts the teacher in its memory and its work", () => {
    const parts = (options: object): Map<string, number> =>
      new Map(
        stageMemory(stageWith({ max_completion_length: 64, ...options }), {
          model: base,
          teacher: base,
          longestPrompt: 40,
        }).map(({ name, bytes }) => [name, bytes]),
      );
    const [sft, gkd] = [parts({ max_length: 104 }), parts({ method: "gkd", lmbda: 1 })];
    expect(gkd.get("teacher")).toBe(sft.get("teacher"));
    // 8 rows of 104 tokens; 4 · 192 + 2 · 192 + 2 · 64 + 3 · 512 + 6 · 104 = 3,440 numbers a token of a layer, of which
    // there are five. 896 of 896 places have logits: eight tensors of 768 of each, and the teacher's 192 hidden numbers.
    // Both output matrices are laid out twice.
    const kept = 8 * 104 * 5 * 3440;
    const around = 896 * 192 + 2 * 2 * 768 * 192;
    const bytes = (compared: number): number => 1.2 * 4 * (kept + 896 * compared + around);
    expect(gkd.get("activations")).toBeCloseTo(bytes(8 * 768), 0);
    // Of 16 likeliest tokens and what is left: five of 768, and fourteen of 17.
    const likeliest = parts({ method: "gkd", lmbda: 1, loss_top_k: 16 }).get("activations");
    expect(likeliest).toBeCloseTo(bytes(5 * 768 + 14 * 17), 0);
    // As many as there are is all of them.
    const all = parts({ method: "gkd", lmbda: 1, loss_top_k: 768 }).get("activations");
    expect(all).toBe(gkd.get("activations"));
    // A chunk has 2^24 numbers at the most: in rows of 8,000 of them, 2,097 and a bit of 4,096 places.
    const wide = { ...readModelConfig(base), vocabSize: 8000 };
    expect(divergenceBytes(wide, readModelConfig(base), 4096, { loss_top_k: 0 })).toBe(
      4 * (8 * 2 ** 24 + 4096 * 192),
    );
    expect(gkd.get("training programs")).toBeGreaterThan(sft.get("training programs") ?? 0);
    // 10 steps of 8 rows of 64 tokens: sampled by the student (2), trained (6), and the teacher's pass (2).
    const stage = stageWith({ method: "gkd", lmbda: 1, max_steps: 10, max_completion_length: 64 });
    expect(stageWork(stage, { parameters: 3, teacherParameters: 7 })).toBe(
      10 * 8 * 64 * (2 * 3 + 6 * 3 + 2 * 7),
    );
  });

  test("is written for TRL's GKDTrainer in every option, or the option is listed", async () => {
    const yaml = readFileSync(
      new URL("../../assets/recipes/on-policy-distill.yaml", import.meta.url),
      "utf8",
    );
    const changes = ["stages.student.loss_top_k=8", "stages.student.min_p=0.1"];
    const recipe = requireRecipe(yaml, changes);
    const from = { sets: NO_SETS, outside: NO_OUTSIDE };
    const { files, data, unmapped } = await exportRecipe(recipe, "trl", from, {
      textOf: () => "",
      endpointOf: () => undefined,
    });
    const config: { args: Record<string, unknown>; teacher: string; trainer: string } = parse(
      files.find(({ name }) => name === "student.yaml")?.text ?? "",
    );
    expect(config).toMatchObject({
      trainer: "gkd",
      teacher: "out/teacher",
      args: { lmbda: 0.75, beta: 1, seq_kd: true, temperature: 1, max_new_tokens: 72 },
    });
    const listed = unmapped
      .filter(({ path }) => path.startsWith("stages.student."))
      .map(({ path }) => path.slice("stages.student.".length));
    expect(listed.toSorted()).toEqual(["lmbda", "loss_top_k", "min_p"]);
    const student = recipe.stages.find(({ name }) => name === "student");
    const said = new Set([
      ...Object.keys(config),
      ...Object.keys(config.args),
      ...listed,
      // Said by the trainer, the data file, other names, peft's part; the others are at what GKDTrainer does.
      ...["name", "kind", "method", "num_prompts", "max_completion_length", "use_peft"],
      ...["lora_r", "lora_alpha", "lora_dropout", "lora_target_modules", "use_rslora"],
      ...["top_p", "top_k", "repetition_penalty", "loss_add_tail", "min_lr_ratio"],
      // What concerns solutions that are sampled beforehand and verified: here there are none.
      ...["num_generations", "max_per_prompt", "truncation_mode", "answer_format"],
      ...["require_correct", "require_format", "min_language", "min_readability"],
      "drop_near_duplicates",
    ]);
    expect(Object.keys(student ?? {}).filter((key) => !said.has(key))).toEqual([]);
    const kept = data.find(({ name }) => name === "data/student.parquet");
    const rows = await parquetReadObjects({
      file: new Uint8Array(Buffer.from(kept?.base64 ?? "", "base64")).buffer,
    });
    expect(rows[0]).toMatchObject({ messages: [{ role: "user" }, { role: "assistant" }] });
  });
});
