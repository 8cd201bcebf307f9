/** Options that a stage accepts and that would do nothing in it: each is said before the start, and what is offered mends it. */
import { expect, test } from "vitest";
import { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { TrainingOptions } from "#shared/schema/stages/stage-options.ts";
import { scheduleNotes } from "#main/core/examples/schedule-faults.ts";
import { readRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { clippingNotes } from "#main/services/recipes/checks/recipe-inert.ts";

const GRPO = { kind: "grpo", name: "one", model: "base", max_steps: 20, learning_rate: 1e-5 };
const STAGES = {
  /** Four steps of each batch. */
  grpo: {
    ...{ ...GRPO, data: { task: "arithmetic", difficulties: [3] } },
    ...{ num_generations: 8, per_device_train_batch_size: 8, generation_batch_size: 32 },
  },
  sft: {
    ...{ kind: "sft", name: "one", model: "base", max_steps: 20 },
    data: { source: { task: "arithmetic", difficulties: [3] }, examples: 8 },
  },
  traces: {
    ...{ kind: "rejection-sampling", name: "one", model: "base", num_prompts: 8 },
    data: { task: "arithmetic", difficulties: [3] },
  },
} as const;

type Options = Readonly<Record<string, unknown>>;

function found(kind: keyof typeof STAGES, options: Options) {
  const recipe = { name: "x", models: { base: "b" }, stages: [{ ...STAGES[kind], ...options }] };
  return readRecipe(JSON.stringify(recipe)).problems.map(({ path, message, level, fixes }) => ({
    ...{ at: path.replace("stages[0].", ""), message, level, fixes },
  }));
}

test("the stages themselves have nothing that rests", () => {
  expect(found("grpo", {})).toEqual([]);
  expect(found("sft", {})).toEqual([]);
  expect(found("traces", {})).toEqual([]);
});

const KL = { beta: 0.01 };
const REWARDS = [{ name: "answer", weight: 1 }];

test.each<readonly [keyof typeof STAGES, Options, string, RegExp, Options]>([
  // A reference that would move after the stage's end, or by nothing.
  [
    "grpo",
    { ...KL, sync_ref_model: true },
    "ref_model_sync_steps",
    /after 512 steps, and the stage has 20/u,
    { ref_model_sync_steps: 19 },
  ],
  [
    "grpo",
    { ...KL, sync_ref_model: true, ref_model_sync_steps: 5, ref_model_mixup_alpha: 0 },
    "ref_model_mixup_alpha",
    /does not move/u,
    { ref_model_mixup_alpha: 0.1 },
  ],
  // Groups that are too old before their first turn; estimators that leave no group without advantages.
  [
    "grpo",
    { replay_groups: 1, num_iterations: 4 },
    "max_staleness",
    /each batch makes 16 steps, and after 8 a group is too old/u,
    { max_staleness: 16 },
  ],
  [
    "grpo",
    { replay_groups: 1, adv_estimator: "reinforce_plus_plus" },
    "replay_groups",
    /compares with the batch/u,
    { adv_estimator: "rloo" },
  ],
  // Measurements: none to choose from, too few to end by.
  [
    "grpo",
    { eval_steps: 20, load_best_model_at_end: true },
    "load_best_model_at_end",
    /the last of 20 steps alone/u,
    { eval_steps: 19 },
  ],
  [
    "sft",
    { eval_steps: 50, load_best_model_at_end: true },
    "load_best_model_at_end",
    /eval_steps 50/u,
    { eval_on_start: true },
  ],
  [
    "grpo",
    { eval_steps: 5, early_stopping_patience: 3 },
    "early_stopping_patience",
    /3 measurements come before its last step, and 4 are needed/u,
    { early_stopping_patience: 2 },
  ],
  // Schedules without room, and each other's options.
  ["sft", { warmup_steps: 20 }, "warmup_steps", /as long as the stage/u, { warmup_steps: 19 }],
  [
    "sft",
    {
      ...{ lr_scheduler_type: "warmup_stable_decay", warmup_steps: 4 },
      lr_scheduler_kwargs: { num_decay_steps: 30 },
    },
    "lr_scheduler_kwargs.num_decay_steps",
    /num_decay_steps \(30\) is more than the 16 steps after the warm-up/u,
    { lr_scheduler_kwargs: { num_decay_steps: 16 } },
  ],
  [
    "sft",
    { lr_scheduler_type: "warmup_stable_decay", lr_scheduler_kwargs: { num_cycles: 3 } },
    "lr_scheduler_kwargs.num_cycles",
    /does nothing/u,
    { lr_scheduler_kwargs: {} },
  ],
  [
    "grpo",
    { lr_scheduler_type: "cosine_with_restarts", lr_scheduler_kwargs: { num_decay_steps: 3 } },
    "lr_scheduler_kwargs.num_decay_steps",
    /does nothing/u,
    { lr_scheduler_kwargs: { num_cycles: 2 } },
  ],
  // Of advantages under 0 alone, where there are none.
  [
    "grpo",
    { adv_estimator: "pass_at_k", off_policy_mask_threshold: 0.1 },
    "off_policy_mask_threshold",
    /does nothing: pass_at_k gives no completion an advantage under 0/u,
    { adv_estimator: "rloo" },
  ],
  [
    "grpo",
    { adv_estimator: "pass_at_k", delta: 4 },
    "delta",
    /does nothing/u,
    { twin: "ppo", loss_type: "dapo" },
  ],
  [
    "grpo",
    { importance_sampling_level: "sequence", loss_type: "grpo", top_entropy_quantile: 0.2 },
    "top_entropy_quantile",
    /no token is chosen/u,
    { importance_sampling_level: "token" },
  ],
  [
    "grpo",
    { use_adaptive_entropy: true, entropy_coef_max: 0 },
    "use_adaptive_entropy",
    /stays at 0/u,
    { entropy_coef_max: 0.1 },
  ],
  ["grpo", { adv_estimator: "gae", vf_coef: 0 }, "vf_coef", /learns nothing/u, { vf_coef: 1 }],
  [
    "grpo",
    { ...KL, twin: "ppo" },
    "kl_estimator",
    /the twin takes KL off the reward/u,
    { kl_estimator: "k1" },
  ],
  [
    "grpo",
    { twin: "ppo", eval_steps: 4, early_stopping_patience: 1 },
    "early_stopping_patience",
    /not compared at one budget/u,
    { twin: undefined },
  ],
  [
    "grpo",
    { filter_groups: true, max_num_gen_batches: 1 },
    "max_num_gen_batches",
    /leaves nothing out/u,
    { max_num_gen_batches: 2 },
  ],
  // One reward by two names.
  [
    "grpo",
    { rewards: [...REWARDS, { name: "accuracy", weight: 1 }] },
    "rewards[1].name",
    /one reward by two names/u,
    { rewards: REWARDS },
  ],
  [
    "traces",
    { rewards: REWARDS, num_generations: 2, max_per_prompt: 2 },
    "rewards",
    /choose nothing: up to 2 of 2/u,
    { min_reward: 0.5 },
  ],
])("%s %j: %s is said", (kind, options, at, words, mended) => {
  const said = (more: Options) =>
    found(kind, { ...options, ...more }).filter((one) => one.at === at);
  const [doubt, ...others] = said({});
  expect(doubt?.message).toMatch(words);
  expect(doubt?.level).toBe("warning");
  expect(others).toEqual([]);
  expect(said(mended)).toEqual([]);
  for (const { changes } of doubt?.fixes ?? [])
    for (const { keys, value } of changes) {
      const [, , key = "", inner] = keys.map(String);
      const fixed = inner === undefined ? { [key]: value } : { [key]: { [inner]: value } };
      expect(said(fixed)).toEqual([]);
    }
});

test.each(["top_k", "min_p"])("%s 1 leaves no policy to learn, as temperature 0", (name) => {
  const [fault, ...others] = found("grpo", { [name]: 1 });
  expect(fault).toMatchObject({ at: name, level: "error" });
  expect(fault?.message).toMatch(/no policy to learn/u);
  expect(fault?.fixes[0]?.changes[0]?.value).toBe(0);
  expect(others).toEqual([]);
  expect(found("grpo", { [name]: 0.5 * (name === "top_k" ? 100 : 1) })[0]?.level).toBe("warning");
});

const DISTILL = {
  ...{ kind: "distill", name: "one", model: "base", num_prompts: 8, max_steps: 20 },
  data: { task: "arithmetic", difficulties: [3] },
};

test("a student that is its own teacher has nothing to learn of its distribution", () => {
  const errors = (options: Options) => {
    const stages = [{ ...DISTILL, ...options }];
    const recipe = { name: "x", models: { base: "b", other: "c" }, stages };
    const { problems } = readRecipe(JSON.stringify(recipe));
    return problems.filter(({ level }) => level === "error").map(({ message }) => message);
  };
  expect(errors({ teacher: "base", method: "gkd" })).toEqual([
    "the teacher is the student itself: they agree on every token, and nothing is learnt",
  ]);
  expect(errors({ teacher: "other", method: "gkd" })).toEqual([]);
  expect(errors({ teacher: "base" })).toEqual([]);
});

test.each(["vespo", "rloo"])("%s is refused where advantages are of single tokens", (loss_type) => {
  const plus = { ...KL, adv_estimator: "reinforce_plus_plus", use_kl_in_reward: true };
  const refused = (options: Options) =>
    found("grpo", { ...plus, kl_estimator: "k1", loss_type, ...options }).filter(
      ({ level }) => level === "error",
    );
  expect(refused({}).map(({ at, message }) => [at, message])).toEqual([
    ["loss_type", expect.stringContaining("advantages are of single tokens")],
  ]);
  expect(refused({ adv_estimator: "reinforce_plus_plus_baseline" })).toEqual([]);
  expect(refused({ loss_type: "dapo" })).toEqual([]);
});

test.each([
  [{ steps_per_generation: 3 }, /^steps_per_generation \(3, so 24 completions\)/u],
  [{ generation_batch_size: 20 }, /^generation_batch_size \(20\)/u],
])("sizes that do not divide are mended where they are written: %j", (size, words) => {
  const { generation_batch_size: _, ...grpo } = STAGES.grpo;
  const stage = { ...grpo, gradient_accumulation_steps: 2, ...size };
  const check = (more: Options) => {
    const recipe = { name: "x", models: { base: "b" }, stages: [{ ...stage, ...more }] };
    return readRecipe(JSON.stringify(recipe)).problems;
  };
  const [fault] = check({});
  expect(fault?.message).toMatch(words);
  expect(fault?.keys.at(-1)).toBe(Object.keys(size)[0]);
  const fixes = fault?.fixes ?? [];
  expect(fixes.length).toBeGreaterThan(1);
  for (const { label, changes } of fixes) {
    const more = Object.fromEntries(changes.map(({ keys, value }) => [keys.at(-1), value]));
    expect(check(more), label).toEqual([]);
  }
});

test("what a ratio of 1 leaves without effect is noted, and what a batch's first step does meet is not", () => {
  const noted = (options: Options): unknown[] => {
    const stage = { ...STAGES.grpo, generation_batch_size: 8, ...options };
    return clippingNotes(GrpoStage.parse(stage), 0).map(({ path }) => path.at(-1));
  };
  expect(noted({ epsilon: 0.1, importance_sampling_level: "sequence" })).toEqual([
    "epsilon",
    "importance_sampling_level",
  ]);
  expect(noted({ loss_type: "sapo", sapo_temperature_neg: 2, epsilon: 0.1 })).toEqual([
    "sapo_temperature_neg",
  ]);
  expect(noted({ loss_type: "vespo", vespo_k_pos: 1 })).toEqual(["vespo_k_pos"]);
  expect(noted({ loss_type: "vespo", vespo_k_pos: 1, bf16: true })).toEqual([]);
  expect(noted({ adv_estimator: "gae", cliprange_value: 1 })).toEqual(["cliprange_value"]);
  // Groups of an earlier policy come again.
  expect(noted({ epsilon: 0.1, replay_groups: 1 })).toEqual([]);
  expect(noted({ epsilon: 0.1, num_iterations: 2 })).toEqual([]);
  // A critic's advantages differ from token to token.
  expect(noted({ adv_estimator: "gae", importance_sampling_level: "sequence" })).toEqual([]);
});

test("where epochs say how many steps there are, the stage itself says that its schedule has no room", () => {
  const options = TrainingOptions.parse({ warmup_steps: 5 });
  expect(scheduleNotes(options, 5)).toEqual([
    "warmup_steps: the warm-up is as long as the stage (5 steps): the rate is never reached.",
  ]);
  expect(scheduleNotes(options, 6)).toEqual([]);
  expect(scheduleNotes(TrainingOptions.parse({}), 1)).toEqual([]);
  // The check said it.
  expect(scheduleNotes({ ...options, max_steps: 5 }, 5)).toEqual([]);
});
