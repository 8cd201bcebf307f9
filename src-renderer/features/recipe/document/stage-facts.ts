/** What follows from a stage's options, in a few words: products that people would work out in their heads. Pure. */
import { inertOptions, whyNothingIsClipped } from "#shared/schema/inert-options.ts";
import type { OptionReader } from "#shared/schema/inert-options.ts";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { fieldsOf } from "../fields/stage-fields.ts";
import type { Group } from "../fields/option-catalogue.ts";
import { getValue } from "./plain-value.ts";
import type { Json } from "./plain-value.ts";
import { StageKind } from "./stage-kind.ts";

/** An option's number, or its default's; undefined where there is neither. */
function numberOf(stage: Json, name: string): number | undefined {
  const written = getValue(stage, [name]);
  if (typeof written === "number") return written;
  const kind = StageKind.safeParse(getValue(stage, ["kind"]));
  const field = kind.success ? fieldsOf(kind.data).find((one) => one.name === name) : undefined;
  return typeof field?.fallback === "number" ? field.fallback : undefined;
}

function product(stage: Json, ...names: string[]): number | undefined {
  return names.reduce<number | undefined>((so, name) => {
    const number = numberOf(stage, name);
    return so === undefined || number === undefined ? undefined : so * number;
  }, 1);
}

export function groupFact(group: Group, stage: Json): string {
  if (group === "Objective") return "names and meaning as in TRL";
  if (group === "Critic") return "what GRPO does without: PPO, names and defaults as TRL had them";
  if (group !== "Sampling") return "";
  const group_ = numberOf(stage, "num_generations");
  const batch = numberOf(stage, "generation_batch_size");
  if (batch !== undefined && group_ !== undefined && batch % group_ === 0)
    return `${plural(batch / group_, "prompt")} × ${plural(group_, "completion")} at a time`;
  const prompts = product(stage, "num_prompts", "num_generations");
  if (prompts !== undefined) return plural(prompts, "completion");
  const problems = product(stage, "num_problems", "num_samples");
  return problems === undefined ? "" : plural(problems, "completion");
}

/** What is written, or the default. */
function readerOf(stage: Json): OptionReader {
  const kind = StageKind.safeParse(getValue(stage, ["kind"]));
  const fields = kind.success ? fieldsOf(kind.data) : [];
  return (name) =>
    getValue(stage, [name]) ?? fields.find((field) => field.name === name)?.fallback ?? undefined;
}

/** Options that do nothing as the stage's others stand, with why. */
export function inertFacts(stage: Json): ReadonlyMap<string, string> {
  const kind = StageKind.safeParse(getValue(stage, ["kind"]));
  return kind.success ? inertOptions(kind.data, readerOf(stage)) : new Map();
}

/** Of cispo the bound is of the ratio itself. */
function clippedAt(stage: Json): string {
  const epsilon = String(numberOf(stage, "epsilon") ?? "");
  const isBound = readerOf(stage)("loss_type") === "cispo";
  return isBound ? `every weight at most ${epsilon}` : `clips at 1 + ${epsilon}`;
}

export function optionFact(name: string, stage: Json): string | undefined {
  const step = product(stage, "per_device_train_batch_size", "gradient_accumulation_steps");
  const isGrpo = getValue(stage, ["kind"]) === "grpo";
  switch (name) {
    case "gradient_accumulation_steps":
      return step === undefined
        ? undefined
        : `${plural(step, isGrpo ? "completion" : "row")} a step`;
    case "max_steps": {
      const steps = numberOf(stage, "max_steps") ?? 0;
      if (!isGrpo || step === undefined || steps < 1) return undefined;
      return `${formatNumber((steps * step) / (numberOf(stage, "num_iterations") ?? 1))} completions in all`;
    }
    case "beta":
      return numberOf(stage, "beta") === 0
        ? "no reference model is kept"
        : "one more copy of the weights";
    case "epsilon":
    case "delta":
      return isGrpo ? (whyNothingIsClipped(readerOf(stage)) ?? undefined) : undefined;
    case "epsilon_high":
      return getValue(stage, ["epsilon_high"]) === undefined ? clippedAt(stage) : undefined;
    default:
      return undefined;
  }
}
