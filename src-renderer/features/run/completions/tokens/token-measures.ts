/** What is known of each token of a completion, as four grades of colour with their bounds. Pure. */
import type { RolloutTokens } from "#shared/schema/metrics.ts";
import { formatNumber } from "#renderer/ui/format.ts";

export type TokenMeasure = "logprob" | "entropy" | "ratio";

interface Scale {
  readonly label: string;
  /** What the grades' bounds say: "less likely than". */
  readonly says: string;
  /** Bounds of the four grades, the mildest first, as they are written. */
  readonly bounds: readonly string[];
}

export const TOKEN_MEASURES: Readonly<Record<TokenMeasure, Scale>> = {
  logprob: { label: "Log-prob", says: "Less likely than", bounds: ["50%", "20%", "5%", "1%"] },
  entropy: { label: "Entropy", says: "Nats, at least", bounds: ["0.5", "1", "2", "3"] },
  ratio: {
    label: "Ratio",
    says: "Trainer against sampler, off by",
    bounds: ["2%", "10%", "20%", "50%"],
  },
};

const LIKELY = [0.5, 0.2, 0.05, 0.01] as const;
const NATS = [0.5, 1, 2, 3] as const;
const OFF = [0.02, 0.1, 0.2, 0.5] as const;

export function asTokenMeasure(text: string): TokenMeasure | undefined {
  return text === "logprob" || text === "entropy" || text === "ratio" ? text : undefined;
}

/** Probability under the trainer, just before its step, over that under the sampler. */
export function ratioAt(tokens: RolloutTokens, at: number): number | undefined {
  const trained = tokens.trainedLogprobs?.[at];
  const sampled = tokens.logprobs[at];
  return trained === undefined || sampled === undefined ? undefined : Math.exp(trained - sampled);
}

/** Why a measure cannot be shown, or undefined. */
export function missing(tokens: RolloutTokens, measure: TokenMeasure): string | undefined {
  if (measure === "logprob") return undefined;
  const there = measure === "entropy" ? tokens.entropies : tokens.trainedLogprobs;
  return there === null
    ? "The trainer computed nothing here: the run ended before the step, or is of version 0.1, which left out completions without an advantage."
    : undefined;
}

/** 0: nothing to see; 4: the strongest. */
export function gradeOf(tokens: RolloutTokens, measure: TokenMeasure, at: number): number {
  if (measure === "entropy") {
    const nats = tokens.entropies?.[at];
    return nats === undefined ? 0 : NATS.filter((bound) => nats >= bound).length;
  }
  if (measure === "ratio") {
    const ratio = ratioAt(tokens, at);
    return ratio === undefined ? 0 : OFF.filter((bound) => Math.abs(ratio - 1) > bound).length;
  }
  const probability = Math.exp(tokens.logprobs[at] ?? 0);
  return LIKELY.filter((bound) => probability < bound).length;
}

/** The next token of the strongest grade there is, after `at` and then from the beginning. */
export function nextStrong(
  tokens: RolloutTokens,
  measure: TokenMeasure,
  at: number,
): number | undefined {
  const grades = tokens.ids.map((_, index) => gradeOf(tokens, measure, index));
  const strong = Math.max(0, ...grades.map((grade) => Math.min(grade, 3)));
  if (strong === 0) return undefined;
  const places = grades.flatMap((grade, index) => (grade >= strong ? [index] : []));
  return places.find((place) => place > at) ?? places[0];
}

/** All that is known of one token: "p 0.033", "log-prob −3.41", … */
export function tokenFacts(tokens: RolloutTokens, at: number): readonly string[] {
  const logprob = tokens.logprobs[at];
  const entropy = tokens.entropies?.[at];
  const ratio = ratioAt(tokens, at);
  return [
    `id ${formatNumber(tokens.ids[at] ?? 0)}`,
    ...(logprob === undefined
      ? []
      : [`p ${formatNumber(Math.exp(logprob), 3)}`, `log-prob ${formatNumber(logprob, 2)}`]),
    ...(ratio === undefined ? [] : [`ratio ${formatNumber(ratio, 3)}`]),
    ...(entropy === undefined ? [] : [`entropy ${formatNumber(entropy, 2)}`]),
  ];
}
