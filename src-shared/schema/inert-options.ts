/**
 * Options of a stage that do nothing as its other options stand, each with why. The form greys them, `recipes check`
 * says where one was set all the same. Refusing would close recipes that ran.
 */
import { generationBatchSize } from "./generation-batch.ts";
import { z } from "zod";
import { TraceSelection } from "./stages/trace-options.ts";
import { usesTraces } from "./distillation.ts";
import { CriticOptions } from "./critic-options.ts";
import { Stage } from "./recipe.ts";
import type { StageKind } from "./recipe.ts";

/** The value that counts of an option: what is written, else its default; undefined where there is neither. */
export type OptionReader = (name: string) => unknown;

/** By option, why it does nothing. */
export function inertOptions(kind: StageKind, read: OptionReader): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const inert = (when: boolean, names: readonly string[], why: string): void => {
    if (when) for (const name of names) if (hasOption(kind, name)) found.set(name, why);
  };
  const number = (name: string): number => z.number().catch(Number.NaN).parse(read(name));
  if (kind === "distill") distillation(read, inert);
  inert(
    read("rewards") === undefined,
    ["min_reward"],
    "there are no rewards: the verifier alone says what is kept",
  );
  inert(
    read("use_peft") === false,
    ["lora_r", "lora_alpha", "lora_dropout", "lora_target_modules", "use_rslora"],
    "no adapter is trained: use_peft is off",
  );
  inert(
    read("lr_scheduler_type") === "constant",
    ["min_lr_ratio"],
    "a constant rate does not fall",
  );
  inert(
    !["cosine_with_restarts", "warmup_stable_decay"].includes(String(read("lr_scheduler_type"))),
    ["lr_scheduler_kwargs"],
    "only cosine_with_restarts and warmup_stable_decay take them",
  );
  inert(number("max_steps") > 0, ["num_train_epochs"], "max_steps says when the stage ends");
  inert(
    number("temperature") === 0,
    ["top_p", "top_k", "min_p"],
    "at temperature 0 the likeliest token is taken",
  );
  if (kind === "grpo") inertObjective(read, number, inert);
  inert(
    read("filter_groups") !== true,
    ["max_num_gen_batches"],
    "each batch is sampled once: filter_groups is off",
  );
  inert(
    number("replay_groups") === 0,
    ["max_staleness"],
    "no group is learnt from again: replay_groups is 0",
  );
  inert(
    read("eval_steps") === undefined,
    [
      "eval_on_start",
      "test_size",
      "eval_data",
      "eval_problems",
      "num_generations_eval",
      "load_best_model_at_end",
      "early_stopping_patience",
    ],
    "nothing is measured while it trains: eval_steps is not set",
  );
  inert(
    read("eval_steps") !== undefined && read("eval_data") !== undefined,
    ["test_size"],
    "eval_data is measured on: nothing of the data is held out",
  );
  inert(
    kind === "sft" && isGenerated(read("data")) && isGenerated(read("eval_data") ?? read("data")),
    ["mask_history"],
    "worked examples have one answer each",
  );
  inert(
    kind === "sft" && read("assistant_only_loss") === false,
    ["mask_history"],
    "assistant_only_loss is off: no turn is looked for",
  );
  inert(
    kind === "sft" && read("assistant_only_loss") === true && read("completion_only_loss") === true,
    ["mask_history"],
    "completion_only_loss says the same",
  );
  inert(
    kind === "sft" && isWritten(read("data")) && isWritten(read("eval_data") ?? read("data")),
    ["system_prompt", "prompt_template"],
    "the data have their prompts as they are",
  );
  inert(
    kind === "rejection-sampling" && read("teacher") !== undefined,
    ["bf16"],
    "its teacher's server computes as it does",
  );
  return found;
}

type Inert = (when: boolean, names: readonly string[], why: string) => void;

const DIVERGENCE_OPTIONS = [
  "lmbda",
  "beta",
  "seq_kd",
  "loss_top_k",
  "loss_add_tail",
  "disable_dropout",
];

const TRACE_OPTIONS = Object.keys(TraceSelection.shape);

function distillation(read: OptionReader, inert: Inert): void {
  if (read("method") !== "gkd") {
    inert(true, DIVERGENCE_OPTIONS, "method is sft: the student learns the teacher's texts");
    return;
  }
  inert(read("loss_top_k") === 0, ["loss_add_tail"], "loss_top_k is 0: no token is left out");
  inert(read("lmbda") === 1, ["seq_kd"], "lmbda is 1: the student samples every batch");
  inert(
    !usesTraces({ lmbda: Number(read("lmbda")), seq_kd: read("seq_kd") === true }),
    ["num_generations", "max_length", "truncation_mode", ...TRACE_OPTIONS],
    "no solutions are sampled beforehand: each batch is sampled when its turn comes",
  );
  inert(read("disable_dropout") === true, ["lora_dropout"], "disable_dropout is on");
  inert(read("use_peft") === false, ["disable_dropout"], "no adapter is trained: use_peft is off");
}

const CRITIC_OPTIONS = Object.keys(CriticOptions.shape);

/** Of GRPO and its relatives: what the chosen objective does not read. */
function inertObjective(
  read: OptionReader,
  number: (name: string) => number,
  inert: (when: boolean, names: readonly string[], why: string) => void,
): void {
  const loss = String(read("loss_type"));
  const sapo = ["sapo_temperature_pos", "sapo_temperature_neg"];
  const vespo = ["vespo_k_pos", "vespo_lambda_pos", "vespo_k_neg", "vespo_lambda_neg"];
  inert(loss !== "sapo", sapo, `loss_type is ${loss}: only sapo has a soft gate`);
  inert(loss !== "vespo", vespo, `loss_type is ${loss}: only vespo weighs by a gamma shape`);
  const gated = loss === "sapo" || loss === "vespo";
  inert(gated, ["epsilon", "epsilon_high", "delta"], `${loss} does not clip`);
  inert(loss === "cispo", ["delta"], "cispo bounds the weight, on both signs of the advantage");
  inert(
    loss === "cispo" && read("epsilon_high") !== undefined,
    ["epsilon"],
    "cispo has no lower bound, and epsilon_high is its upper one",
  );
  inert(
    loss === "rloo",
    ["importance_sampling_level"],
    "rloo's ratio is of whole completions, by their sum",
  );
  const estimator = String(read("adv_estimator"));
  inert(
    estimator !== "grpo",
    ["scale_rewards"],
    `${estimator} does not divide by the group's spread`,
  );
  inert(
    estimator === "grpo" && read("multi_objective_aggregation") === "normalize_then_sum",
    ["scale_rewards"],
    "normalize_then_sum divides each reward by its group's spread and their sum by the batch's",
  );
  inert(
    estimator === "pass_at_k" && read("twin") !== "ppo",
    [
      ...["delta", "off_policy_mask_threshold", "sapo_temperature_neg"],
      ...["vespo_k_neg", "vespo_lambda_neg"],
    ],
    "pass_at_k gives no completion an advantage under 0, and it is of such alone",
  );
  inert(
    estimator !== "pass_at_k",
    ["adv_k"],
    `adv_estimator is ${estimator}: only pass_at_k looks at sets of completions`,
  );
  inert(
    estimator !== "rloo",
    ["normalize_advantages"],
    `adv_estimator is ${estimator}: only rloo's can be normalised`,
  );
  inert(
    read("value_model") === "shared",
    ["critic_learning_rate"],
    "value_model is shared: the head learns with the policy, at its rate",
  );
  inert(
    read("mask_truncated_completions") === true,
    ["missing_eos_penalty"],
    "mask_truncated_completions is on: nothing is learnt from what does not end",
  );
  inert(
    estimator !== "gae" && read("twin") !== "ppo",
    CRITIC_OPTIONS,
    `adv_estimator is ${estimator}: there is no critic`,
  );
  inert(
    read("use_adaptive_entropy") === false,
    ["entropy_coef_min", "entropy_coef_max", "entropy_coef_delta", "entropy_target"],
    "the coefficient does not move: use_adaptive_entropy is off",
  );
  inert(
    read("sync_ref_model") === false,
    ["ref_model_mixup_alpha", "ref_model_sync_steps"],
    "the reference does not move: sync_ref_model is off",
  );
  const corrections = [
    "importance_sampling_mode",
    "importance_sampling_clip_max",
    "importance_sampling_clip_min",
  ];
  inert(
    read("importance_sampling_correction") === false,
    corrections,
    "importance_sampling_correction is off",
  );
  inert(
    read("bf16") === false,
    ["importance_sampling_correction", ...corrections],
    "without bf16 the policy that samples is the one that is trained: nothing has a weight",
  );
  inert(
    read("use_kl_in_reward") === true,
    ["use_bias_correction_kl"],
    "KL is a part of the reward, and no term of the loss",
  );
  inert(
    number("beta") === 0,
    ["use_bias_correction_kl", "kl_estimator"],
    "beta is 0: there is no KL term",
  );
}

/**
 * Why clipping does nothing, or null: where each batch of completions makes one optimizer step, the ratio of the new
 * policy to the old is exactly 1. Papers' ranges are written all the same, so this is worth a note and no more.
 */
export function whyNothingIsClipped(read: OptionReader): string | null {
  const [batch, device, accumulation, iterations, replayed] = [
    "generation_batch_size",
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "num_iterations",
    "replay_groups",
  ].map((name) => z.number().catch(Number.NaN).parse(read(name)));
  if (device === undefined || accumulation === undefined) return null;
  // What comes again was sampled by an earlier policy.
  if (replayed !== undefined && replayed > 0) return null;
  const completions = generationBatchSize({
    generation_batch_size: Number.isNaN(batch) ? undefined : batch,
    steps_per_generation: z.number().safeParse(read("steps_per_generation")).data,
    per_device_train_batch_size: device,
    gradient_accumulation_steps: accumulation,
  });
  if (completions !== device * accumulation || iterations !== 1) return null;
  return "each batch of completions makes one step, so the ratio is 1 and nothing is clipped";
}

/** An option's default; undefined where it has none. */
export function defaultOf(kind: StageKind, name: string): unknown {
  const schema = shapeOf(kind)[name];
  return schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
}

function hasOption(kind: StageKind, name: string): boolean {
  return name in shapeOf(kind);
}

function shapeOf(kind: StageKind): Readonly<Record<string, unknown>> {
  return Stage.options.find((option) => option.shape.kind.value === kind)?.shape ?? {};
}

/** Examples that stand there already, all of them: a dataset's, or those that a stage kept. */
function isWritten(data: unknown): boolean {
  return sourcesIn(data).every((one) => "dataset" in one || "stage" in one);
}

function isGenerated(data: unknown): boolean {
  return sourcesIn(data).every((one) => "source" in one);
}

/** One that is no object yet is in no group. */
function sourcesIn(data: unknown): object[] {
  const list: readonly unknown[] = Array.isArray(data) ? data : [data];
  return list.map((one) => (typeof one === "object" && one !== null ? one : {}));
}
