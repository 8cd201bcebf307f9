/** The steps of the wizard, and which of them a problem belongs to. Pure. */
import type { RecipeFinding } from "#shared/schema/recipe-draft.ts";
import { StageKind } from "../document/stage-kind.ts";
import { sourcesAt } from "../document/source-list.ts";
import { getValue, isMap, textAt } from "../document/plain-value.ts";
import type { Json, Keys } from "../document/plain-value.ts";
import { problemDataIn, stagesOf } from "../document/stage-edits.ts";
import { asksRewards } from "../document/stage-rewards.ts";

export interface WizardStep {
  /** In the address: "preset", "stage.grpo". */
  readonly id: string;
  readonly title: string;
  /** A second line: what is chosen there. */
  readonly fact: string;
  /** The stage's place, for a stage's own step. */
  readonly stage: number | undefined;
  /** Belongs under the step before it. */
  readonly inner: boolean;
  /** What the step is about, in the recipe: the text beside the step shows this place. */
  readonly place: Keys | undefined;
}

export function wizardSteps(value: Json | undefined): readonly WizardStep[] {
  const stages = stagesOf(value);
  const models = getValue(value, ["models"]);
  const folders = isMap(models) ? Object.values(models).map(String) : [];
  const step = (id: string, title: string, fact = "", place?: Keys): WizardStep => ({
    id,
    title,
    fact,
    stage: undefined,
    inner: false,
    place,
  });
  const tasks = new Set(
    stages.flatMap((stage) => {
      const all = [...problemDataIn(stage), getValue(stage, ["data"])];
      return all
        .flatMap((data) => sourcesAt(data, []))
        .flatMap(({ source }) => {
          const name = ["task", "problems", "dataset"].map((key) => textAt(source, [key]));
          return name.filter((one) => one !== "");
        });
    }),
  );
  const rewards = new Set(
    stages.flatMap((stage) => {
      const list = getValue(stage, ["rewards"]);
      return Array.isArray(list)
        ? list.map((one) => textAt(one, ["name"]) || textAt(one, ["file"]))
        : [];
    }),
  );
  return [
    step("preset", "Preset", textAt(value, ["name"])),
    step("models", "Model", folders.map(lastPart).join(", "), ["models"]),
    step("data", "Data", [...tasks].map(lastPart).join(", "), ["stages", 0, "data"]),
    step("stages", "Stages", `${String(stages.length)} in order`, ["stages"]),
    ...stages.map((stage, index) => stageStep(stage, index)),
    step("rewards", "Rewards", [...rewards].join(", "), placeOfRewards(stages)),
    step("hardware", "Hardware and estimate"),
    step("review", "Review and start"),
  ];
}

function stageStep(stage: Json, index: number): WizardStep {
  const name = getValue(stage, ["name"]);
  const title = typeof name === "string" && name !== "" ? name : `stage ${String(index + 1)}`;
  const kind = StageKind.safeParse(getValue(stage, ["kind"]));
  return {
    id: `stage.${title}`,
    title,
    fact: kind.success ? kind.data : "no kind",
    stage: index,
    inner: true,
    place: ["stages", index],
  };
}

/** The rewards of the first stage that asks for some. */
function placeOfRewards(stages: readonly Json[]): Keys | undefined {
  const first = stages.findIndex(asksRewards);
  return first === -1 ? undefined : ["stages", first, "rewards"];
}

function lastPart(path: string): string {
  return path.split(/[/\\]/u).findLast((part) => part !== "") ?? path;
}

/** The step where a problem is mended. */
export function stepOf(problem: Pick<RecipeFinding, "keys">, steps: readonly WizardStep[]): string {
  const [top, index, key] = problem.keys;
  if (top === "models") return "models";
  if (top !== "stages") return "preset";
  if (typeof index !== "number") return "stages";
  if (key === "data") return "data";
  return steps.find(({ stage }) => stage === index)?.id ?? "stages";
}

/** Every step that shows the problem: where it is mended, its stage's own, and the one that gathers its kind from all stages. */
export function stepsOf(
  problem: Pick<RecipeFinding, "keys">,
  steps: readonly WizardStep[],
): readonly string[] {
  const own = stepOf(problem, steps);
  const [top, index, key] = problem.keys;
  const stage = top === "stages" ? steps.find((step) => step.stage === index)?.id : undefined;
  const gathered = top === "stages" && key === "rewards" ? "rewards" : undefined;
  return [...new Set([own, stage, gathered])].filter((id) => id !== undefined);
}

/** Problems beside a field: those written at it or below it, and those that a change of it alone would mend. */
export function problemsAt(
  problems: readonly RecipeFinding[],
  keys: Keys,
): readonly RecipeFinding[] {
  const own = problems.filter((problem) => startsWith(problem.keys, keys));
  const mended = problems.filter(
    (problem) =>
      !own.includes(problem) &&
      problem.fixes.some(({ changes }) => changes.every((change) => same(change.keys, keys))),
  );
  return [...own, ...mended].map((problem) => ({ ...problem, fixes: fixesFor(problem, keys) }));
}

/** A field shows the fixes that change it; the place where a problem is written shows the rest too. */
function fixesFor(problem: RecipeFinding, keys: Keys): RecipeFinding["fixes"] {
  const own = problem.fixes.filter(({ changes }) =>
    changes.some((change) => startsWith(change.keys, keys)),
  );
  return own.length > 0 ? own : problem.fixes;
}

function startsWith(keys: Keys, start: Keys): boolean {
  return start.every((key, at) => keys[at] === key);
}

function same(a: Keys, b: Keys): boolean {
  return a.length === b.length && startsWith(a, b);
}
