/**
 * How much work a stage is, in nominal floating-point operations: every completion as long as it may be, every
 * training row full. Earlier runs divide their measured time by the same count, so lengths that stay below the
 * limits shrink the rate and not the estimate.
 */
import { hasOwnCritic } from "#shared/schema/critic-options.ts";
import { assertNever } from "#shared/errors.ts";
import { learnsFromTexts, usesTraces } from "#shared/schema/distillation.ts";
import { endpointTeacher } from "#shared/schema/recipe.ts";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";
import { exampleSources } from "#shared/schema/stages/example-data.ts";
import type { ExampleSource } from "#shared/schema/stages/example-data.ts";
import { mixedCounts } from "#main/core/examples/mix-examples.ts";

/** FLOPs a weight and token: forward, and forward with backward. */
const FORWARD = 2;
const TRAIN = 6;

export interface StageSize {
  /** Weights of the model that the stage trains or samples. */
  readonly parameters: number;
  /** Of the model that samples for a student. */
  readonly teacherParameters?: number | undefined;
  /** Examples that the stage's data hold, where they come from elsewhere. */
  readonly examples?: number | undefined;
  /** Steps as a run counted them; else they follow from the options. */
  readonly totalSteps?: number | null | undefined;
}

/** null where the number of steps is not known before the data are. */
export function stageWork(stage: Stage, size: StageSize): number | null {
  const { parameters } = size;
  switch (stage.kind) {
    case "pretrain":
      return TRAIN * parameters * stage.max_steps * rowsOf(stage) * stage.sequence_length;
    case "sft": {
      const steps = trainingSteps(stage, size);
      return steps === null ? null : TRAIN * parameters * steps * rowsOf(stage) * stage.max_length;
    }
    case "grpo": {
      const steps = stage.max_steps;
      const trained = steps * rowsOf(stage) * stage.max_completion_length;
      const sampled = trained / stage.num_iterations;
      // Scoring, the gradient, and the reference where there is one.
      const passes =
        FORWARD +
        TRAIN +
        (stage.beta > 0 ? FORWARD : 0) +
        (hasOwnCritic(stage) ? FORWARD + TRAIN : 0);
      return parameters * (FORWARD * sampled + passes * trained);
    }
    case "rejection-sampling":
      // Somebody else's machine does it.
      if (endpointTeacher(stage) !== undefined) return null;
      return (
        FORWARD *
        parameters *
        stage.num_prompts *
        stage.num_generations *
        stage.max_completion_length
      );
    case "distill": {
      const sampled =
        endpointTeacher(stage) === undefined
          ? stage.num_prompts * stage.num_generations * stage.max_completion_length
          : 0;
      const steps = trainingSteps(stage, size);
      if (steps === null) return null;
      if (stage.method === "gkd") return onPolicyWork(stage, size, steps);
      return (
        FORWARD * (size.teacherParameters ?? parameters) * sampled +
        TRAIN * parameters * steps * rowsOf(stage) * stage.max_length
      );
    }
    case "benchmark":
      return (
        FORWARD * parameters * stage.num_problems * stage.num_samples * stage.max_completion_length
      );
    default:
      return assertNever(stage);
  }
}

/** Each step's rows sampled, by the student or the teacher, or beforehand; the teacher's pass; the student's gradient. */
function onPolicyWork(
  stage: Extract<Stage, { kind: "distill" }>,
  { parameters, teacherParameters: teacher = parameters }: StageSize,
  steps: number,
): number {
  const trained = steps * rowsOf(stage) * stage.max_completion_length;
  const beforehand = usesTraces(stage)
    ? stage.num_prompts * stage.num_generations * stage.max_completion_length
    : 0;
  const taught = stage.seq_kd ? (1 - stage.lmbda) * trained : beforehand;
  return (
    FORWARD * (parameters * stage.lmbda * trained + teacher * taught) +
    (FORWARD * teacher + TRAIN * parameters) * trained
  );
}

/** Examples at most that a stage trains on, as far as the recipe says. */
export function examplesOf(recipe: Recipe, stage: Stage): number | undefined {
  if (stage.kind === "distill" && !learnsFromTexts(stage)) return stage.num_prompts;
  if (stage.kind === "distill")
    return stage.num_prompts * Math.min(stage.max_per_prompt, stage.num_generations);
  if (stage.kind !== "sft") return undefined;
  const sources = exampleSources(stage.data).map(({ source }) => ({
    size: "examples" in source ? source.examples : keptBy(recipe, source),
    weight: source.weight ?? 1,
  }));
  if (sources.every(({ size }) => size === undefined)) return undefined;
  // A source of unknown size is taken to be shorter than the others, as general data are beside reasoning.
  const counts = mixedCounts(sources.map(({ size = 1, weight }) => ({ size, weight })));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** At most; undefined of what no stage of the recipe keeps. */
function keptBy(recipe: Recipe, source: ExampleSource): number | undefined {
  if (!("stage" in source)) return undefined;
  const found = recipe.stages.find(({ name }) => name === source.stage);
  return found?.kind === "rejection-sampling"
    ? found.num_prompts * Math.min(found.max_per_prompt, found.num_generations)
    : undefined;
}

function rowsOf(stage: {
  readonly per_device_train_batch_size: number;
  readonly gradient_accumulation_steps: number;
}): number {
  return stage.per_device_train_batch_size * stage.gradient_accumulation_steps;
}

function trainingSteps(
  stage: Extract<Stage, { kind: "sft" | "distill" }>,
  size: StageSize,
): number | null {
  if (stage.max_steps > 0) return stage.max_steps;
  if (size.totalSteps !== null && size.totalSteps !== undefined) return size.totalSteps;
  if (size.examples === undefined) return null;
  return Math.max(1, Math.round((size.examples / rowsOf(stage)) * stage.num_train_epochs));
}
