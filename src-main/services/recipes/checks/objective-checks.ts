/** Checks of what a GRPO stage learns by: sets of options that make no sense (errors), and those that papers advise against. */
import { objectiveFaults } from "#shared/schema/objective-faults.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding, Path } from "./recipe-finding.ts";

export function objectiveFindings(stage: GrpoStage, index: number): Finding[] {
  const at = (name: keyof GrpoStage): Path => ["stages", index, name];
  const findings: Finding[] = objectiveFaults(stage).map(({ name, message, advice, fix }) => ({
    path: at(name),
    message,
    advice,
    fixes: fix === null ? [] : [setting(at(fix[0]), fix[1], `Use ${fix[0]}: ${String(fix[1])}`)],
  }));
  const doubt = (
    when: boolean,
    name: keyof GrpoStage,
    message: string,
    fixes: Finding["fixes"] = [],
  ): void => {
    if (when) findings.push({ path: at(name), message, advice: null, level: "warning", fixes });
  };
  const { loss_type: type, importance_sampling_level: level, epsilon, delta } = stage;
  const levelFix = (value: string): Finding["fixes"] => [
    setting(at("importance_sampling_level"), value, `Use ${value}`),
  ];
  doubt(
    type === "luspo" && level !== "sequence",
    "importance_sampling_level",
    "LUSPO's paper has the ratio of whole completions",
    levelFix("sequence"),
  );
  doubt(
    type === "vespo" && level !== "token",
    "importance_sampling_level",
    "vespo weighs whole completions by itself; the level changes its KL term alone",
    levelFix("token"),
  );
  doubt(
    level === "sequence" && ["bnpo", "dr_grpo", "dapo", "cispo"].includes(type),
    "importance_sampling_level",
    `${type} sums over tokens, so that a completion's ratio weighs by its length; GSPO's paper has loss_type grpo`,
    [setting(at("loss_type"), "grpo", "Use loss_type grpo")],
  );
  doubt(
    type === "cispo" && (stage.epsilon_high ?? epsilon) < 1,
    "epsilon_high",
    `cispo's bound is of the ratio itself: at ${stage.epsilon_high ?? epsilon} every weight is cut to it`,
    [setting(at("epsilon_high"), 5, "Use 5, as ScaleRL")],
  );
  doubt(
    delta !== undefined && delta <= 1 + (stage.epsilon_high ?? epsilon),
    "delta",
    `not above 1 + epsilon_high (${1 + (stage.epsilon_high ?? epsilon)}): it bounds what the clip lets through`,
    [setting(at("delta"), 4, "Use 4, as INTELLECT-2")],
  );
  doubt(
    stage.beta > 0 && stage.use_kl_in_reward && stage.kl_estimator !== "k1",
    "kl_estimator",
    `in the reward ${stage.kl_estimator} has another gradient than KL's; k1 has KL's`,
    [setting(at("kl_estimator"), "k1", "Use k1")],
  );
  doubt(
    type === "rloo" && stage.adv_estimator !== "rloo",
    "adv_estimator",
    "RLOO's loss with advantages that are not RLOO's",
    [setting(at("adv_estimator"), "rloo", "Use rloo")],
  );
  doubt(
    stage.top_entropy_quantile < 1 && isPerCompletion(stage),
    "top_entropy_quantile",
    "the ratio is of whole completions, so that no token is chosen: each completion weighs by its share of them (TRL does the same)",
    type === "rloo"
      ? [setting(at("top_entropy_quantile"), 1, "Learn from all tokens")]
      : levelFix("token"),
  );
  doubt(
    stage.use_adaptive_entropy &&
      (stage.entropy_coef_max === 0 ||
        (stage.entropy_coef_delta === 0 && stage.entropy_coef === 0)),
    "use_adaptive_entropy",
    `the coefficient stays at 0: entropy_coef_${stage.entropy_coef_max === 0 ? "max" : "delta"} is 0`,
    [setting(at("use_adaptive_entropy"), false, "Leave it out")],
  );
  doubt(
    stage.filter_groups && stage.max_num_gen_batches === 1,
    "max_num_gen_batches",
    "at 1 no batch is sampled again, so that filter_groups leaves nothing out",
    [setting(at("max_num_gen_batches"), 10, "Use 10, as verl does")],
  );
  doubt(
    stage.vf_coef === 0 && (stage.adv_estimator === "gae" || stage.twin === "ppo"),
    "vf_coef",
    "at 0 the critic learns nothing, and its advantages are of what it knew at the start",
    [setting(at("vf_coef"), 0.1, "Use 0.1, as TRL does")],
  );
  doubt(
    stage.twin === "ppo" && stage.beta > 0 && stage.kl_estimator !== "k1",
    "kl_estimator",
    `the twin takes KL off the reward, where ${stage.kl_estimator} has another gradient than KL's; PPO has k1`,
  );
  return findings;
}

/** Whether the loss is of a completion's ratio; vespo's weight is, and its loss is of tokens. */
function isPerCompletion({
  loss_type: type,
  importance_sampling_level: level,
}: GrpoStage): boolean {
  return type === "rloo" || (level === "sequence" && type !== "vespo" && type !== "cispo");
}
