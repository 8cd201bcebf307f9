/** Checks of `twin: ppo`: what keeps the two from being compared. */
import { z } from "zod";
import { CriticOptions } from "#shared/schema/critic-options.ts";
import type { Recipe } from "#shared/schema/recipe.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { isTwinOf, twinName } from "#shared/schema/twin.ts";
import { ppoOf } from "../with-twins.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding } from "./recipe-finding.ts";

const Value = z.json();

export function twinFindings(recipe: Recipe): Finding[] {
  return recipe.stages.flatMap((stage, index) =>
    stage.kind === "grpo" && stage.twin === "ppo" ? findingsOf(recipe, stage, index) : [],
  );
}

function findingsOf(recipe: Recipe, stage: GrpoStage, index: number): Finding[] {
  const path = ["stages", index, "twin"];
  const benchmarks = recipe.stages.filter(
    (other) => other.kind === "benchmark" && other.model === stage.name,
  );
  const names = new Set([stage, ...benchmarks].map(({ name }) => twinName(name)));
  const written = recipe.stages.findIndex((other) => isTwinOf(other, stage));
  const taken = written !== -1 ? undefined : recipe.stages.find(({ name }) => names.has(name));
  const findings: (Finding | false)[] = [
    stage.adv_estimator === "gae" && {
      path,
      message: "this stage has a critic itself: its twin would be the same",
      advice: "Leave twin out, or take adv_estimator: grpo.",
      fixes: [setting(["stages", index, "adv_estimator"], "grpo", "Use adv_estimator: grpo")],
    },
    (stage.loss_type === "rloo" || stage.loss_type === "vespo") && {
      path: ["stages", index, "loss_type"],
      message: `${stage.loss_type} weighs whole completions, and its twin's critic has advantages of single tokens`,
      advice: "Use dapo for both, or leave twin out.",
      fixes: [setting(["stages", index, "loss_type"], "dapo", "Use loss_type: dapo")],
    },
    taken !== undefined && {
      path,
      message: `the twin needs the name "${taken.name}", and another stage has it`,
      advice: "Rename that stage.",
    },
    benchmarks.length === 0 && {
      path,
      level: "warning" as const,
      message: `no benchmark measures ${stage.name}: results can say what its twin cost, not what it learned`,
      advice: null,
    },
    stage.replay_groups > 0 && {
      path: ["stages", index, "replay_groups"],
      message: "groups that are learnt from again have no place beside a critic: the twin cannot",
      advice: "Leave replay_groups out, or twin.",
      fixes: [setting(["stages", index, "replay_groups"], 0, "Learn from each group once")],
    },
    stage.eval_steps !== undefined &&
      stage.early_stopping_patience !== undefined && {
        path: ["stages", index, "early_stopping_patience"],
        level: "warning" as const,
        message: "the twins may end at different steps: they are then not compared at one budget",
        advice: null,
      },
    stage.filter_groups && {
      path: ["stages", index, "filter_groups"],
      level: "warning" as const,
      message:
        "which prompts are left out depends on the policy: the twins learn from the same ones at first alone",
      advice: null,
      fixes: [setting(["stages", index, "filter_groups"], false, "Sample each prompt once")],
    },
  ];
  return [...findings.filter((finding) => finding !== false), ...otherwise(recipe, stage, written)];
}

/** What a stage without a critic does not read, and how KL is estimated in a reward. */
const OF_THE_CRITIC = new Set<string>([...Object.keys(CriticOptions.shape), "kl_estimator"]);

/** Where a twin that is written out differs from its stage in more than the critic. */
function otherwise(recipe: Recipe, stage: GrpoStage, place: number): Finding[] {
  const twin = recipe.stages[place];
  if (twin === undefined) return [];
  return Object.entries(ppoOf(stage)).flatMap(([name, value]): Finding[] => {
    if (OF_THE_CRITIC.has(name) || same(Reflect.get(twin, name), value)) return [];
    const path = ["stages", place, name];
    const plain = Value.safeParse(value);
    return [
      {
        path,
        level: "warning",
        message: `${stage.name} has ${JSON.stringify(value)}: the twins then differ in more than the critic`,
        advice: null,
        fixes: plain.success ? [setting(path, plain.data, `As in ${stage.name}`)] : [],
      },
    ];
  });
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
