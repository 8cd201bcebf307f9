/** What a recipe will take on this machine: memory from the models' shapes; time and money from earlier runs, or nothing. */
import type { EstimatedRange, RecipeEstimate, StageEstimate } from "#shared/schema/recipe-draft.ts";
import { endpointTeacher } from "#shared/schema/recipe.ts";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";
import type { Run } from "#shared/schema/run.ts";
import { machineFacts } from "#main/platform/machine.ts";
import type { Store } from "#main/store/store.ts";
import { costOfUsage } from "../costs/cost-of-usage.ts";
import { examplesOf, stageWork } from "./stage-work.ts";
import type { StageFacts } from "./checks/workspace-checks.ts";

/** Runs looked at of a kind, the newest. */
const MOST_RUNS = 200;
/** From so many runs on the range leaves out a tenth on either side. */
const ENOUGH_FOR_TENTHS = 10;

interface Rate {
  readonly parameters: number;
  /** Measured milliseconds, and dollars at today's prices, for each nominal FLOP. */
  readonly msPerFlop: number;
  readonly usdPerFlop: number;
}

export function estimateStages(
  store: Store,
  recipe: Recipe,
  facts: ReadonlyMap<string, StageFacts>,
): Pick<RecipeEstimate, "stages" | "timeMs" | "usd" | "memoryBytes"> {
  const stages = recipe.stages.map((stage) => estimateStage(store, recipe, stage, facts));
  return {
    stages,
    timeMs: sumOf(stages.map(({ timeMs }) => timeMs)),
    usd: sumOf(stages.map(({ usd }) => usd)),
    memoryBytes: Math.max(
      0,
      ...stages.map(({ memory }) => (memory ?? []).reduce((sum, { bytes }) => sum + bytes, 0)),
    ),
  };
}

function estimateStage(
  store: Store,
  recipe: Recipe,
  stage: Stage,
  facts: ReadonlyMap<string, StageFacts>,
): StageEstimate {
  const own = facts.get(stage.name);
  const nothing = { stage: stage.name, memory: own?.memory ?? null, timeMs: null, usd: null };
  if (own?.parameters === undefined)
    return { ...nothing, runs: 0, why: "its model is not there to look at" };
  const work = stageWork(stage, {
    parameters: own.parameters,
    teacherParameters: own.teacherParameters,
    examples: own.examples ?? examplesOf(recipe, stage),
  });
  if (work === null)
    return {
      ...nothing,
      runs: 0,
      why:
        endpointTeacher(stage) === undefined
          ? "how many examples it trains on is not known yet"
          : "its teacher's server takes as long as it takes",
    };
  const rates = alike(ratesOf(store, stage.kind), own.parameters);
  if (rates.length === 0)
    return {
      ...nothing,
      runs: 0,
      why: `no ${stage.kind} run has finished on this machine`,
    };
  return {
    ...nothing,
    timeMs: rangeOf(rates.map(({ msPerFlop }) => msPerFlop * work)),
    usd: rangeOf(rates.map(({ usdPerFlop }) => usdPerFlop * work)),
    runs: rates.length,
    why: null,
  };
}

/** Finished runs of a kind that this machine computed whole, each as a rate. */
function ratesOf(store: Store, kind: Stage["kind"]): Rate[] {
  const { prices } = store.settings.get();
  const { runs } = store.runs.list({
    kind: [kind],
    status: ["finished"],
    offset: 0,
    limit: MOST_RUNS,
  });
  return runs.flatMap(({ id }) => {
    const run = store.runs.get(id);
    const { usage } = run;
    if (usage === null || usage.wallMs <= 0 || !isThisMachine(run)) return [];
    const { parameters } = run.environment;
    if (parameters === null) return [];
    const work = stageWork(run.config, { parameters, totalSteps: run.totalSteps });
    if (work === null || work <= 0) return [];
    return [
      {
        parameters,
        msPerFlop: usage.wallMs / work,
        usdPerFlop: costOfUsage(usage, prices).totalUsd / work,
      },
    ];
  });
}

function isThisMachine({ environment }: Run): boolean {
  const here = machineFacts();
  return (
    environment.cpuModel === here.cpuModel &&
    environment.cpuCores === here.cpuCores &&
    environment.arch === here.arch
  );
}

/** Small models are slower for each FLOP: runs of a like size where there are any. */
function alike(rates: readonly Rate[], parameters: number): readonly Rate[] {
  const like = rates.filter((rate) => {
    const ratio = rate.parameters / parameters;
    return ratio > 0.5 && ratio < 2;
  });
  return like.length > 0 ? like : rates;
}

/** Lowest to highest, or from ten runs on without the outer tenths. */
function rangeOf(values: readonly number[]): EstimatedRange {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const low = sorted[Math.floor(place)] ?? 0;
    const high = sorted[Math.ceil(place)] ?? low;
    return low + (high - low) * (place - Math.floor(place));
  };
  const outer = sorted.length >= ENOUGH_FOR_TENTHS ? 0.1 : 0;
  return { low: at(outer), middle: at(0.5), high: at(1 - outer) };
}

function sumOf(ranges: readonly (EstimatedRange | null)[]): EstimatedRange | null {
  const sum = { low: 0, middle: 0, high: 0 };
  for (const range of ranges) {
    if (range === null) return null;
    sum.low += range.low;
    sum.middle += range.middle;
    sum.high += range.high;
  }
  return sum;
}
