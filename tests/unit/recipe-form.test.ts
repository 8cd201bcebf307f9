/** The form: fields out of the schema, problems at their fields, steps, arcs and facts. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { arcsOf } from "#renderer/features/recipe/document/stage-arcs.ts";
import { OPTIONS } from "#renderer/features/recipe/fields/option-catalogue.ts";
import { readText } from "#renderer/features/recipe/document/recipe-document.ts";
import { stagesOf } from "#renderer/features/recipe/document/stage-edits.ts";
import {
  groupFact,
  inertFacts,
  optionFact,
} from "#renderer/features/recipe/document/stage-facts.ts";
import { fieldGroups, fieldsOf } from "#renderer/features/recipe/fields/stage-fields.ts";
import { StageKind } from "#renderer/features/recipe/document/stage-kind.ts";
import {
  problemsAt,
  stepOf,
  stepsOf,
  wizardSteps,
} from "#renderer/features/recipe/steps/wizard-steps.ts";
import { Stage } from "#shared/schema/recipe.ts";

const DEMO = readFileSync(new URL("../../assets/recipes/demo.yaml", import.meta.url), "utf8");
const VALUE = readText(DEMO).value;

test("the form knows every kind of stage that the schema knows", () => {
  expect([...StageKind.options].toSorted()).toEqual(
    Stage.options.map(({ shape }) => shape.kind.value).toSorted(),
  );
});

test.each(StageKind.options)(
  "every option of %s has a plain line and a group in the catalogue",
  (kind) => {
    // An option that is new in the schema gets its line in option-catalogue.ts.
    expect(fieldsOf(kind).filter(({ name }) => OPTIONS[name] === undefined)).toEqual([]);
    expect(fieldGroups(kind).flatMap(({ fields }) => fields)).toHaveLength(fieldsOf(kind).length);
  },
);

test("a field has the schema's type and default", () => {
  const field = (name: string) => fieldsOf("grpo").find((one) => one.name === name);
  expect(field("num_generations")).toMatchObject({
    type: { kind: "number", whole: true },
    fallback: 8,
    required: false,
  });
  expect(field("learning_rate")).toMatchObject({
    type: { kind: "number", whole: false },
    fallback: 1e-6,
  });
  expect(field("generation_batch_size")).toMatchObject({ required: false, fallback: undefined });
  expect(field("epsilon_high")).toMatchObject({ required: false, fallback: undefined });
  expect(field("loss_type")?.type).toEqual({
    kind: "choice",
    values: [
      ...["grpo", "bnpo", "dr_grpo", "dapo"],
      ...["cispo", "sapo", "luspo", "vespo", "rloo"],
    ],
  });
  expect(field("mask_truncated_completions")).toMatchObject({
    type: { kind: "boolean" },
    fallback: false,
  });
  expect(field("lora_target_modules")?.type.kind).toBe("list");
});

test("a problem stands at its field, at the fields whose change mends it, and in the step of its stage", () => {
  const { problems } = readRecipe(DEMO.replace("num_generations: 16", "num_generations: 24"));
  const steps = wizardSteps(VALUE);
  const at = (key: string) =>
    problemsAt(problems, ["stages", 4, key]).map(({ fixes }) => fixes.map(({ label }) => label));
  // Multiples of 512 (64 × 8) and 24 around 512: 1,536 alone.
  expect(at("generation_batch_size")).toEqual([["Use 1536"]]);
  expect(at("num_generations")).toEqual([["Use 16", "Use 32"]]);
  expect(at("temperature")).toEqual([]);
  expect(problems.map((problem) => stepOf(problem, steps))).toEqual(["stage.grpo"]);
  expect(stepOf({ keys: ["models", "base"] }, steps)).toBe("models");
  expect(stepOf({ keys: ["stages", 4, "data", "difficulties"] }, steps)).toBe("data");
  expect(stepOf({ keys: ["seed"] }, steps)).toBe("preset");
});

test("a problem is one of every step that shows it: its own, its stage's, and the one of all rewards", () => {
  const steps = wizardSteps(VALUE);
  const of = (...keys: readonly (string | number)[]) => stepsOf({ keys: [...keys] }, steps);
  expect(of("stages", 4, "rewards", 0, "weight")).toEqual(["stage.grpo", "rewards"]);
  expect(of("stages", 4, "data", "difficulties")).toEqual(["data", "stage.grpo"]);
  expect(of("stages", 4, "epsilon")).toEqual(["stage.grpo"]);
  expect(of("models", "base")).toEqual(["models"]);
});

test("a step has the place in the text that it is about: rewards, those of the first stage that asks for some", () => {
  const place = (id: string) => wizardSteps(VALUE).find((step) => step.id === id)?.place;
  expect(place("preset")).toBeUndefined();
  expect(place("models")).toEqual(["models"]);
  expect(place("stage.grpo")).toEqual(["stages", 4]);
  expect(place("rewards")).toEqual(["stages", 4, "rewards"]);
  expect(wizardSteps({}).find(({ id }) => id === "rewards")?.place).toBeUndefined();
});

test("steps follow the text: a stage's own step has its name", () => {
  const titles = wizardSteps(VALUE).map(({ title }) => title);
  expect(titles.slice(0, 4)).toEqual(["Preset", "Model", "Data", "Stages"]);
  expect(titles.slice(4, 6)).toEqual(["benchmark-base", "benchmark-base-strict"]);
  expect(titles.slice(-3)).toEqual(["Rewards", "Hardware and estimate", "Review and start"]);
  expect(wizardSteps({})).toHaveLength(7);
});

test("arcs lead from each input to its stage, and none that overlap share a lane", () => {
  const arcs = arcsOf(stagesOf(VALUE));
  // cold-start → its benchmark and grpo; grpo → benchmark, traces, rejection-sampling; traces → rejection-sampling;
  // rejection-sampling → benchmark and student; student → benchmark.
  expect(new Set(arcs.map(({ from, to }) => `${from} ${to}`))).toEqual(
    new Set(["2 3", "2 4", "4 5", "4 6", "4 7", "6 7", "7 8", "7 9", "9 10"]),
  );
  for (const a of arcs)
    for (const b of arcs)
      expect(a !== b && a.lane === b.lane && a.from < b.to && b.from < a.to).toBe(false);
});

test("an option that does nothing as the others stand says why, and one whose default is not TRL's says that", () => {
  const grpo = stagesOf(VALUE)[4] ?? null;
  expect([...inertFacts(grpo).keys()].toSorted()).toEqual([
    "adv_k",
    "cliprange_value",
    "critic_learning_rate",
    "early_stopping_patience",
    "entropy_coef_delta",
    "entropy_coef_max",
    "entropy_coef_min",
    "entropy_target",
    "eval_data",
    "eval_on_start",
    "eval_problems",
    "gamma",
    "importance_sampling_clip_max",
    "importance_sampling_clip_min",
    "importance_sampling_correction",
    "importance_sampling_mode",
    "kl_estimator",
    "lam",
    "load_best_model_at_end",
    "lora_alpha",
    "lora_dropout",
    "lora_r",
    "lora_target_modules",
    "lr_scheduler_kwargs",
    "max_num_gen_batches",
    "max_staleness",
    "missing_eos_penalty",
    "normalize_advantages",
    "num_generations_eval",
    "ref_model_mixup_alpha",
    "ref_model_sync_steps",
    "sapo_temperature_neg",
    "sapo_temperature_pos",
    "use_bias_correction_kl",
    "use_rslora",
    "value_model",
    "vespo_k_neg",
    "vespo_k_pos",
    "vespo_lambda_neg",
    "vespo_lambda_pos",
    "vf_coef",
    "whiten_advantages",
    "whiten_rewards",
  ]);
  expect(inertFacts(grpo).get("lora_r")).toBe("no adapter is trained: use_peft is off");
  expect(inertFacts({ kind: "sft", use_peft: true, max_steps: 3 })).toEqual(
    new Map([
      ["num_train_epochs", "max_steps says when the stage ends"],
      ["lr_scheduler_kwargs", "only cosine_with_restarts and warmup_stable_decay take them"],
      ...[
        "eval_data",
        "eval_on_start",
        "test_size",
        "load_best_model_at_end",
        "early_stopping_patience",
      ].map(
        (name) => [name, "nothing is measured while it trains: eval_steps is not set"] as const,
      ),
    ]),
  );
  expect(optionFact("epsilon", grpo)).toContain("nothing is clipped");
  const other = (kind: "sft" | "grpo" | "pretrain", name: string) =>
    fieldsOf(kind).find((field) => field.name === name)?.other?.trl;
  expect(other("grpo", "gradient_checkpointing")).toBe("on");
  expect(other("grpo", "max_steps")).toContain("−1");
  expect(other("sft", "max_steps")).toBeUndefined();
  expect(other("pretrain", "save_steps")).toBeUndefined();
});

test("facts are the products that people would work out", () => {
  const grpo = stagesOf(VALUE)[4] ?? null;
  expect(groupFact("Sampling", grpo)).toBe("32 prompts × 16 completions at a time");
  expect(optionFact("gradient_accumulation_steps", grpo)).toBe("512 completions a step");
  // 70 steps of 64 × 8.
  expect(optionFact("max_steps", grpo)).toBe("35,840 completions in all");
  expect(optionFact("beta", grpo)).toBe("no reference model is kept");
});
