/** Each check before a start: what causes it, where it is said, and that its fix, applied to the text, mends it. */
import { NO_SETS } from "../helpers/problem-with.ts";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtInRecipe } from "#main/services/recipes/built-in-recipes.ts";
import { Application } from "#main/services/application.ts";
import { checkWhole } from "#main/services/recipes/checks/recipe-check-whole.ts";
import { readRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { checkInWorkspace } from "#main/services/recipes/checks/workspace-checks.ts";
import type { RecipeFinding } from "#shared/schema/recipe-draft.ts";
import { applyChanges, setKeys } from "#renderer/features/recipe/document/recipe-document.ts";
import type { Json, Keys } from "#renderer/features/recipe/document/plain-value.ts";

const folder = mkdtempSync(join(tmpdir(), "gradus-checks-"));
let app: Application;

beforeAll(() => {
  app = new Application({ workspace: folder, shell: "cli" });
});

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The demo with some keys set. */
function demoWith(...changes: readonly (readonly [Keys, Json])[]): string {
  return changes.reduce((text, [keys, value]) => setKeys(text, keys, value), builtInRecipe("demo"));
}

function found(text: string): RecipeFinding[] {
  return checkWhole(app, text).problems.filter(({ level }) => level !== "note");
}

const GRPO = ["stages", 4] as const;

/** What is set, the place and the words of what is found, and how bad it is. */
type Case = readonly [
  title: string,
  changes: readonly (readonly [Keys, Json])[],
  path: string,
  words: string,
  level: RecipeFinding["level"],
];

/** Options of the objective: set, path of the finding, words of it, level. */
const OBJECTIVE_CASES = (
  [
    [
      { beta: 0.1, kl_estimator: "k1", use_bias_correction_kl: false },
      "kl_estimator",
      "pulls nowhere",
      "error",
    ],
    [{ use_kl_in_reward: true }, "use_kl_in_reward", "beta is 0", "error"],
    [{ loss_type: "rloo", beta: 0.1 }, "use_kl_in_reward", "off the reward", "error"],
    [
      { adv_estimator: "rloo", multi_objective_aggregation: "normalize_then_sum" },
      "multi_objective_aggregation",
      "which rloo does not",
      "error",
    ],
    [
      { beta: 0.1, use_kl_in_reward: true, multi_objective_aggregation: "normalize_then_sum" },
      "multi_objective_aggregation",
      "no such sum",
      "error",
    ],
    [{ sync_ref_model: true }, "sync_ref_model", "no reference to move", "error"],
    [{ sync_ref_model: true, beta: 0.1, use_peft: true }, "sync_ref_model", "cannot move", "error"],
    [{ loss_type: "vespo", bf16: true }, "importance_sampling_mode", "token by token", "error"],
    [
      { importance_sampling_clip_min: 4, bf16: true },
      "importance_sampling_clip_min",
      "must be under",
      "error",
    ],
    [
      { use_adaptive_entropy: true, entropy_coef_min: 0.5, entropy_coef_max: 0.1 },
      "entropy_coef_min",
      "is above",
      "error",
    ],
    [{ loss_type: "luspo" }, "importance_sampling_level", "LUSPO's paper", "warning"],
    [
      { loss_type: "vespo", importance_sampling_level: "sequence" },
      "importance_sampling_level",
      "its KL term alone",
      "warning",
    ],
    [
      { importance_sampling_level: "sequence" },
      "importance_sampling_level",
      "GSPO's paper",
      "warning",
    ],
    [{ loss_type: "cispo" }, "epsilon_high", "of the ratio itself", "warning"],
    [{ delta: 1.1 }, "delta", "lets through", "warning"],
    [{ beta: 0.1, use_kl_in_reward: true }, "kl_estimator", "another gradient", "warning"],
    [{ loss_type: "rloo" }, "adv_estimator", "not RLOO's", "warning"],
    [{ sapo_temperature_pos: 2 }, "sapo_temperature_pos", "only sapo", "warning"],
    [{ vespo_k_neg: 2 }, "vespo_k_neg", "only vespo", "warning"],
    [{ loss_type: "sapo", epsilon: 0.1 }, "epsilon", "does not clip", "warning"],
    [{ loss_type: "cispo", epsilon_high: 5, epsilon: 0.1 }, "epsilon", "no lower bound", "warning"],
    [
      { loss_type: "rloo", importance_sampling_level: "sequence" },
      "importance_sampling_level",
      "by their sum",
      "warning",
    ],
    [
      { adv_estimator: "rloo", scale_rewards: "none" },
      "scale_rewards",
      "does not divide",
      "warning",
    ],
    [{ normalize_advantages: true }, "normalize_advantages", "only rloo's", "warning"],
    [{ entropy_target: 1 }, "entropy_target", "does not move", "warning"],
    [{ ref_model_sync_steps: 400 }, "ref_model_sync_steps", "does not move", "warning"],
    [
      { importance_sampling_mode: "token_mask" },
      "importance_sampling_mode",
      "without bf16",
      "warning",
    ],
  ] as const
).map(([options, name, words, level]): Case => [
  JSON.stringify(options),
  Object.entries(options).map(([key, value]) => [["stages", 4, key], value]),
  `stages[4].${name}`,
  words,
  level,
]);

const CASES: readonly Case[] = [
  [
    "groups that do not divide",
    [[[...GRPO, "num_generations"], 24]],
    "stages[4].generation_batch_size",
    "num_generations (24)",
    "error",
  ],
  [
    "steps that do not divide",
    [[[...GRPO, "gradient_accumulation_steps"], 7]],
    "stages[4].generation_batch_size",
    "64 × 7 = 448",
    "error",
  ],
  [
    "a model that is not there",
    [[["models", "base"], "gradus-bas"]],
    "models.base",
    'no model "gradus-bas"',
    "error",
  ],
  [
    "a stage that is not there",
    [[[...GRPO, "model"], "cold"]],
    "stages[4].model",
    'no stage or model "cold"',
    "error",
  ],
  [
    "a difficulty that the task has not",
    [
      [
        [...GRPO, "data", "difficulties"],
        [3, 9],
      ],
    ],
    "stages[4].data.difficulties",
    "no difficulty 9",
    "error",
  ],
  [
    "completions beyond the context",
    [[[...GRPO, "max_completion_length"], 100_000]],
    "stages[4].max_completion_length",
    "do not fit the model's context",
    "error",
  ],
  [
    "examples beyond the context",
    [[["stages", 2, "max_length"], 100_000]],
    "stages[2].max_length",
    "longer than the model's context",
    "error",
  ],
  [
    "completions too short for the solutions",
    [[[...GRPO, "max_completion_length"], 20]],
    "stages[4].max_completion_length",
    "worked solutions",
    "warning",
  ],
  [
    "a high learning rate",
    [[[...GRPO, "learning_rate"], 0.1]],
    "stages[4].learning_rate",
    "high for grpo",
    "warning",
  ],
  [
    "a low learning rate",
    [[["stages", 2, "learning_rate"], 1e-9]],
    "stages[2].learning_rate",
    "low for sft",
    "warning",
  ],
  [
    "no verifier",
    [[[...GRPO, "rewards"], [{ name: "format", weight: 1 }]]],
    "stages[4].rewards",
    "no verifier",
    "warning",
  ],
  [
    "a warm-up as long as the stage",
    [[[...GRPO, "warmup_steps"], 70]],
    "stages[4].warmup_steps",
    "the rate is never reached",
    "warning",
  ],
  [
    "groups sampled at temperature 0",
    [[[...GRPO, "temperature"], 0]],
    "stages[4].temperature",
    "are the same",
    "error",
  ],
  [
    "solutions sampled at temperature 0",
    [[["stages", 6, "temperature"], 0]],
    "stages[6].temperature",
    "are the same",
    "warning",
  ],
  [
    "a repetition penalty in GRPO",
    [[[...GRPO, "repetition_penalty"], 1.2]],
    "stages[4].repetition_penalty",
    "of another policy",
    "error",
  ],
  ...(["top_p", "min_p", "top_k"] as const).map((name): Case => [
    `${name} in GRPO`,
    [[[...GRPO, name], name === "top_k" ? 20 : 0.5]],
    `stages[4].${name}`,
    "narrower than the policy",
    "warning",
  ]),
  ...(
    [
      ["lora_r", 8, "use_peft is off"],
      ["lora_alpha", 8, "use_peft is off"],
      ["lora_dropout", 0, "use_peft is off"],
      ["use_rslora", true, "use_peft is off"],
      ["importance_sampling_clip_max", 2, "without bf16"],
      ["use_bias_correction_kl", false, "beta is 0"],
    ] as const
  ).map(([name, value, words]): Case => [
    `${name} where it does nothing`,
    [[[...GRPO, name], value]],
    `stages[4].${name}`,
    words,
    "warning",
  ]),
  ...OBJECTIVE_CASES,
  [
    "adapted matrices without adapters",
    [[[...GRPO, "lora_target_modules"], ["q_proj"]]],
    "stages[4].lora_target_modules",
    "use_peft is off",
    "warning",
  ],
  [
    "epochs beside max_steps",
    [[["stages", 2, "max_steps"], 5]],
    "stages[2].num_train_epochs",
    "max_steps says",
    "warning",
  ],
  [
    "a floor under a constant rate",
    [[[...GRPO, "lr_scheduler_type"], "constant"]],
    "stages[4].min_lr_ratio",
    "does not fall",
    "warning",
  ],
  [
    "the last turn of worked examples",
    [[["stages", 2, "mask_history"], true]],
    "stages[2].mask_history",
    "one answer each",
    "warning",
  ],
  [
    "top_p at temperature 0",
    [[["stages", 3, "temperature"], 0]],
    "stages[3].top_p",
    "likeliest token",
    "warning",
  ],
  [
    "a zone before the limit of another reward",
    [[[...GRPO, "rewards"], [{ name: "answer", weight: 1, cache_length: 14 }]]],
    "stages[4].rewards[0].cache_length",
    "soft-overlong has",
    "warning",
  ],
  [
    "a clip above that is below",
    [[[...GRPO, "epsilon_high"], 0.1]],
    "stages[4].epsilon_high",
    "below epsilon",
    "warning",
  ],
  [
    "Dr. GRPO with a spread",
    [[[...GRPO, "loss_type"], "dr_grpo"]],
    "stages[4].scale_rewards",
    "divides by no spread",
    "warning",
  ],
  [
    "a penalty longer than the completion",
    [
      [
        [...GRPO, "rewards"],
        [
          { name: "answer", weight: 1 },
          { name: "soft-overlong", weight: 1, cache_length: 80 },
        ],
      ],
    ],
    "stages[4].rewards[1].cache_length",
    "above max_completion_length",
    "error",
  ],
  [
    "more kept than sampled",
    [[["stages", 6, "max_per_prompt"], 9]],
    "stages[6].max_per_prompt",
    "can never be kept",
    "warning",
  ],
];

test.each(CASES)(
  "%s: said where it is written, and each fix mends it",
  (_title, changes, path, words, level) => {
    const text = demoWith(...changes);
    const problem = found(text).find((one) => one.path === path && one.message.includes(words));
    expect(problem).toMatchObject({ level });
    expect(checkWhole(app, text).recipe === null).toBe(level === "error");
    expect(problem?.fixes.length).toBeGreaterThan(0);
    for (const { label, changes: fixed } of problem?.fixes ?? []) {
      const left = found(applyChanges(text, fixed));
      expect(
        left.some((one) => one.path === path && one.message.includes(words)),
        label,
      ).toBe(false);
    }
  },
);

test("an end of answers that the tokenizer does not have, and more of a teacher's tokens than there are, are said before the start", () => {
  const eos = found(demoWith([["stages", 2, "eos_token"], "<nowhere>"]));
  expect(eos.find(({ path }) => path === "stages[2].eos_token")).toMatchObject({
    level: "error",
    message: expect.stringContaining("has no token <nowhere>"),
  });
  expect(found(demoWith([["stages", 2, "eos_token"], "<|end|>"]))).toEqual([]);
  const text = builtInRecipe("on-policy-distill");
  const index = (readRecipe(text).recipe?.stages ?? []).findIndex(({ kind }) => kind === "distill");
  const top = (count: number) =>
    found(setKeys(text, ["stages", index, "loss_top_k"], count)).filter(({ path }) =>
      path.endsWith("loss_top_k"),
    );
  expect(top(32)).toEqual([]);
  expect(top(1_000_000)[0]?.message).toMatch(/all of them are compared/u);
});

test("the demo is sound, and what fits is said with the numbers", () => {
  const { recipe, problems } = checkWhole(app, builtInRecipe("demo"));
  expect(recipe?.name).toBe("Demo");
  expect(problems.every(({ level }) => level === "note")).toBe(true);
  expect(problems.find(({ path }) => path === "stages[4].max_completion_length")?.message).toMatch(
    /^holds 64 of 64 worked solutions, the longest has \d+ tokens$/u,
  );
});

test("that nothing is clipped is a note beside the option, as long as a batch makes one step", () => {
  const note = (...changes: Case[1]) =>
    checkWhole(app, demoWith(...changes)).problems.find(
      ({ path }) => path === "stages[4].epsilon_high",
    );
  expect(note()).toMatchObject({
    level: "note",
    message: expect.stringContaining("the ratio is 1"),
  });
  expect(note([[...GRPO, "num_iterations"], 2])).toBeUndefined();
});

test("a group's fix is offered beside the group too", () => {
  const [problem] = found(demoWith([[...GRPO, "num_generations"], 24]));
  const own = problem?.fixes.filter(({ changes }) => changes[0]?.keys.at(-1) === "num_generations");
  // The divisors of 512 next to 24.
  expect(own?.map(({ label }) => label)).toEqual(["Use 16", "Use 32"]);
});

test("a dataset that is not there is named at its key", () => {
  const text = demoWith([["stages", 2, "data"], { dataset: "nowhere.jsonl" }]);
  expect(found(text)).toMatchObject([{ path: "stages[2].data.dataset", level: "error" }]);
});

test("an imported set that is not there is named at its key", () => {
  const text = demoWith([["stages", 0, "data"], { benchmark: "nowhere" }]);
  expect(found(text)).toMatchObject([{ path: "stages[0].data.benchmark", level: "error" }]);
});

test.each(["on-policy-distill", "ppo-twin", "rl-against-distillation"])(
  "the preset %s has no fault",
  (id) => {
    const errors = found(builtInRecipe(id)).filter(({ level }) => level === "error");
    expect(errors).toEqual([]);
  },
);

test("a machine too small, and a disk too full, are said with how much is missing", () => {
  const { recipe, locate } = readRecipe(builtInRecipe("demo"));
  if (recipe === null) throw new Error("the demo is sound");
  const checked = checkInWorkspace(recipe, {
    models: app.models,
    versionSize: () => undefined,
    setSize: () => undefined,
    sets: NO_SETS,
    tasks: app.tasks,
    relativeTo: folder,
    memoryBytes: 2 ** 30,
    diskFreeBytes: 2 ** 20,
  });
  const errors = checked.findings.filter(({ level }) => level === undefined).map(locate);
  expect(errors.find(({ path }) => path === "stages")?.message).toContain("GiB are free");
  const memory = errors.find(({ path }) => path === "stages[4].per_device_train_batch_size");
  expect(memory?.message).toContain("this machine has 1.0 GiB");
  expect(memory?.fixes[0]?.label).toMatch(/^Use per_device_train_batch_size=\d+, /u);
});

test("an adapter's gradients and moments are those of its two factors alone, and the base is the reference", () => {
  const text = demoWith(
    [[...GRPO, "use_peft"], true],
    [[...GRPO, "lora_r"], 4],
    [[...GRPO, "lora_target_modules"], ["q_proj"]],
    [[...GRPO, "beta"], 0.01],
  );
  const memory = checkWhole(app, text).estimate?.stages.find(
    ({ stage }) => stage === "grpo",
  )?.memory;
  const base = JSON.parse(
    readFileSync(join(app.models.resolve("gradus-base"), "config.json"), "utf8"),
  );
  const { num_hidden_layers: layers, hidden_size: hidden, num_attention_heads: heads } = base;
  const queries = heads * (base.head_dim ?? hidden / heads);
  const bytes = 4 * layers * 4 * (hidden + queries);
  expect(memory).toContainEqual({ name: "adapters", bytes });
  expect(memory).toContainEqual({ name: "AdamW", bytes: 2 * bytes });
  expect(memory?.some(({ name }) => name === "reference")).toBe(false);
});

test("an estimate names its parts, and no time where nothing has run yet", () => {
  const { estimate } = checkWhole(app, builtInRecipe("demo"));
  const grpo = estimate?.stages.find(({ stage }) => stage === "grpo");
  // The built-in base has 2,117,248 weights; 4 bytes each, AdamW's moments twice that.
  expect(grpo?.memory).toContainEqual({ name: "weights", bytes: 2_117_248 * 4 });
  expect(grpo?.memory).toContainEqual({ name: "AdamW", bytes: 2_117_248 * 8 });
  expect(estimate).toMatchObject({ timeMs: null, usd: null });
  expect(grpo?.why).toBe("no grpo run has finished on this machine");
});
