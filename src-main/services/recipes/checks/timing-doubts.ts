/** Options that come too late: what they do, they would do after as many steps as the stage does not have. */
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import type { TrainingOptions } from "#shared/schema/stages/stage-options.ts";
import { scheduleFaults } from "#main/core/examples/schedule-faults.ts";
import { grpoBatches } from "#main/core/problems/grpo-batches.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding, Path } from "./recipe-finding.ts";

export function timingDoubts(stage: Stage, index: number): Finding[] {
  if (!("max_steps" in stage) || stage.max_steps <= 0) return [];
  const at = (...keys: (string | number)[]): Path => ["stages", index, ...keys];
  return [
    ...scheduleDoubts(stage, at),
    ...("eval_steps" in stage ? measuringDoubts(stage, at) : []),
    ...(stage.kind === "grpo" ? [...referenceDoubts(stage, at), ...replayDoubts(stage, at)] : []),
  ];
}

type At = (...keys: (string | number)[]) => Path;

function doubt(path: Path, message: string, fixes: Finding["fixes"] = []): Finding {
  return { path, message, advice: null, level: "warning", fixes };
}

function scheduleDoubts(
  stage: Pick<
    TrainingOptions,
    "max_steps" | "warmup_steps" | "lr_scheduler_type" | "lr_scheduler_kwargs"
  >,
  at: At,
): Finding[] {
  return scheduleFaults(stage, stage.max_steps).map(({ name, message, most }) =>
    name === "warmup_steps"
      ? doubt(at(name), message, [setting(at(name), most, "Use a tenth of the steps")])
      : doubt(at(name, "num_decay_steps"), message, [
          setting(at(name, "num_decay_steps"), Math.max(1, most), `Use ${Math.max(1, most)}`),
        ]),
  );
}

type Measured = Pick<
  GrpoStage,
  "max_steps" | "eval_on_start" | "load_best_model_at_end" | "early_stopping_patience"
> & { readonly eval_steps?: number | undefined };

/** A stage is measured after its last step too; before it there must be something to choose from, or to end at. */
function measuringDoubts(stage: Measured, at: At): Finding[] {
  const { eval_steps: every, max_steps: steps, early_stopping_patience: patience } = stage;
  if (every === undefined) return [];
  const before = (stage.eval_on_start ? 1 : 0) + Math.floor((steps - 1) / every);
  const findings: Finding[] = [];
  if (stage.load_best_model_at_end && before === 0)
    findings.push(
      doubt(
        at("load_best_model_at_end"),
        `nothing to choose from: with eval_steps ${every} the last of ${steps} steps alone is measured`,
        [setting(at("eval_steps"), Math.max(1, Math.floor(steps / 5)), "Measure five times")],
      ),
    );
  // The first measurement is the best so far.
  if (patience !== undefined && before < patience + 1)
    findings.push(
      doubt(
        at("early_stopping_patience"),
        `the stage cannot end early: ${before} measurements come before its last step, and ${patience + 1} are needed`,
        before > 1 ? [setting(at("early_stopping_patience"), before - 1, `Use ${before - 1}`)] : [],
      ),
    );
  return findings;
}

function referenceDoubts(stage: GrpoStage, at: At): Finding[] {
  const { ref_model_sync_steps: every, max_steps: steps } = stage;
  if (!stage.sync_ref_model || stage.beta === 0) return [];
  if (stage.ref_model_mixup_alpha === 0)
    return [
      doubt(
        at("ref_model_mixup_alpha"),
        "at 0 nothing of the policy goes into the reference: it does not move",
        [setting(at("ref_model_mixup_alpha"), 0.6, "Use 0.6, as TRL does")],
      ),
    ];
  // What it is moved to after the last step nothing is measured from.
  if (every < steps) return [];
  const often = Math.max(1, Math.floor(steps / 4));
  return [
    doubt(
      at("ref_model_sync_steps"),
      `the reference would move after ${every} steps, and the stage has ${steps}`,
      [setting(at("ref_model_sync_steps"), often, `Use ${often}`)],
    ),
  ];
}

function replayDoubts(stage: GrpoStage, at: At): Finding[] {
  if (stage.replay_groups === 0) return [];
  const { stepsPerBatch } = grpoBatches(stage);
  const { max_staleness: oldest, adv_estimator: estimator } = stage;
  if (stepsPerBatch > oldest)
    return [
      doubt(
        at("max_staleness"),
        `no group is learnt from again: each batch makes ${stepsPerBatch} steps, and after ${oldest} a group is too old`,
        [setting(at("max_staleness"), 2 * stepsPerBatch, `Use ${2 * stepsPerBatch}`)],
      ),
    ];
  if (estimator !== "reinforce_plus_plus" && estimator !== "reinforce_plus_plus_baseline")
    return [];
  return [
    doubt(
      at("replay_groups"),
      `no group gives its place up: ${estimator} compares with the batch, so that advantages are 0 only where all of a batch's rewards are equal`,
      [setting(at("replay_groups"), 0, "Learn from each group once")],
    ),
  ];
}
