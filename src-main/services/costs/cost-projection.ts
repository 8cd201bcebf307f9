/**
 * What a pipeline's stages would take elsewhere or at another size. A stage's work grows with the
 * weights, the tokens and the steps; its time is the work over the rate that this machine was
 * measured at, times the other machine's speed. Attention's quadratic part is left out, so long
 * sequences cost more than said.
 */
import { AppError } from "#shared/errors.ts";
import type {
  CostEntry,
  ProjectedStage,
  Projection,
  ProjectionRequest,
} from "#shared/schema/cost.ts";
import { priceText } from "#shared/usd-text.ts";
import type { Store } from "#main/store/store.ts";

type Range = ProjectedStage["usd"];

/** Throws NOT_FOUND, and BAD_INPUT where nothing of the pipeline was measured yet. */
export function projectCost(store: Store, request: ProjectionRequest): Projection {
  const { name } = store.pipelines.summary(request.pipelineId);
  const entries = store.costs.list(request.pipelineId).filter(({ usage }) => usage.wallMs > 0);
  if (entries.length === 0) {
    throw new AppError(
      "BAD_INPUT",
      `Nothing of ${name} was measured yet.`,
      "A projection starts from a pipeline that ran: choose another, or run this one.",
    );
  }
  const all = store.costs.list(undefined);
  const stages = entries.map((entry) => projectStage(store, entry, all, request));
  const sum = (pick: (stage: ProjectedStage) => Range): Range => ({
    low: total(stages, (stage) => pick(stage).low),
    value: total(stages, (stage) => pick(stage).value),
    high: total(stages, (stage) => pick(stage).high),
  });
  return {
    stages,
    measuredMs: total(stages, ({ measuredMs }) => measuredMs),
    measuredUsd: total(stages, ({ measuredUsd }) => measuredUsd),
    durationMs: sum((stage) => stage.durationMs),
    usd: sum((stage) => stage.usd),
    basis: basisOf(request),
  };
}

function projectStage(
  store: Store,
  entry: CostEntry,
  all: readonly CostEntry[],
  request: ProjectionRequest,
): ProjectedStage {
  const { usage } = entry;
  const work = request.weights * request.tokens * (isTraining(entry) ? request.steps : 1);
  const rates = ratesLike(store, entry, all);
  const rate = rateOf(entry);
  const durationAt = (other: number): number =>
    (usage.wallMs * work * (other > 0 ? rate / other : 1)) / request.speed;
  const durationMs = {
    low: durationAt(Math.max(rate, ...rates)),
    value: durationAt(rate),
    high: durationAt(Math.min(rate, ...rates)),
  };
  const usdAt = (ms: number): number => {
    if (request.usdPerHour !== undefined) return (ms / 3_600_000) * request.usdPerHour;
    return entry.totalUsd * (ms / usage.wallMs);
  };
  return {
    runId: entry.runId,
    stageName: entry.stageName,
    kind: entry.kind,
    measuredMs: usage.wallMs,
    measuredUsd: entry.totalUsd,
    durationMs,
    usd: {
      low: usdAt(durationMs.low),
      value: usdAt(durationMs.value),
      high: usdAt(durationMs.high),
    },
    ratesFrom: Math.max(1, rates.length),
  };
}

/** Steps scale what learns; a benchmark or a sampling stage has problems, not steps. */
function isTraining({ kind }: CostEntry): boolean {
  return kind !== "benchmark" && kind !== "rejection-sampling";
}

/** FLOPs a second over the whole stage, waiting and compiling included. */
function rateOf({ usage }: CostEntry): number {
  return usage.wallMs > 0 ? usage.flops / (usage.wallMs / 1000) : 0;
}

/** Rates of finished runs of the same kind and the same count of weights, this one among them. */
function ratesLike(store: Store, entry: CostEntry, all: readonly CostEntry[]): number[] {
  const weights = store.runs.get(entry.runId).environment.parameters;
  return all
    .filter(({ kind, runId }) => {
      if (kind !== entry.kind) return false;
      const run = store.runs.get(runId);
      return run.status === "finished" && run.environment.parameters === weights;
    })
    .map(rateOf)
    .filter((rate) => rate > 0);
}

function basisOf({ weights, tokens, steps, speed, usdPerHour }: ProjectionRequest): string {
  const factors = [
    [weights, "weights"],
    [tokens, "tokens"],
    [steps, "steps"],
  ].flatMap(([factor, name]) => (factor === 1 ? [] : [`${name} ×${factor}`]));
  const changed = factors.length === 0 ? "the same work" : factors.join(", ");
  const price =
    usdPerHour === undefined ? "this machine's prices" : `${priceText(usdPerHour)} an hour`;
  const machine = speed === 1 ? "at this machine's rate" : `on a machine ${speed} times as fast`;
  return `Projection, not a measurement: ${changed} ${machine}, at ${price}. Work grows with weights, tokens and steps; attention's quadratic part is left out. The range is that of the rates measured here for stages of the kind and size.`;
}

function total<T>(items: readonly T[], pick: (item: T) => number): number {
  return items.reduce((sum, item) => sum + pick(item), 0);
}
