/** What going without a critic saved, the same in the window and on the command line. */
import { differenceText, percentText, pText } from "./comparison-text.ts";
import type { TwinBenchmark, TwinComparison } from "./schema/twin-comparison.ts";
import type { Usage } from "./schema/engine-protocol.ts";

/** One thing that both took. */
export interface TwinMeasure {
  readonly label: string;
  readonly unit: "ms" | "bytes" | "flops" | "tokens" | "usd";
  /** null where it is not known. */
  readonly grpo: number | null;
  readonly ppo: number | null;
  /** Of what the twin took, 0–1; below 0 where GRPO took more; null where it cannot be said. */
  readonly saved: number | null;
}

const CRITICS = {
  shared: "a value head on the policy",
  separate: "a second model of the policy's size",
} as const;

export function criticText({ valueModel }: Pick<TwinComparison, "valueModel">): string {
  return CRITICS[valueModel];
}

export function twinMeasures({ grpo, ppo }: TwinComparison): TwinMeasure[] {
  const of = (
    label: string,
    unit: TwinMeasure["unit"],
    pick: (usage: Usage) => number,
  ): TwinMeasure =>
    measure(label, unit, grpo.usage && pick(grpo.usage), ppo.usage && pick(ppo.usage));
  return [
    of("time", "ms", ({ wallMs }) => wallMs),
    of("processor time", "ms", ({ cpuSeconds }) => cpuSeconds * 1000),
    of("peak memory", "bytes", ({ peakMemoryBytes }) => peakMemoryBytes),
    of("FLOPs", "flops", ({ flops }) => flops),
    measure("dollars", "usd", grpo.usd, ppo.usd),
    of("tokens sampled", "tokens", ({ tokensSampled }) => tokensSampled),
    of("tokens trained on", "tokens", ({ tokensTrained }) => tokensTrained),
  ];
}

function measure(
  label: string,
  unit: TwinMeasure["unit"],
  grpo: number | null,
  ppo: number | null,
): TwinMeasure {
  const saved = grpo === null || ppo === null || ppo === 0 ? null : 1 - grpo / ppo;
  return { label, unit, grpo, ppo, saved };
}

/** "38%", or "−4%" where GRPO took more. */
export function savedText({ saved }: Pick<TwinMeasure, "saved">): string {
  return saved === null ? "–" : `${percentText(saved, 0)}%`;
}

const CLAIMED = new Set(["time", "peak memory", "FLOPs", "dollars"]);

/** "Without a critic: 38% less time, 22% less peak memory, 40% less FLOPs, 38% less dollars." null before both have ended. */
export function savedClaim(twin: TwinComparison): string | null {
  const parts = twinMeasures(twin)
    .filter(({ label }) => CLAIMED.has(label))
    .flatMap(({ label, saved }) =>
      saved === null
        ? []
        : `${percentText(Math.abs(saved), 0)}% ${saved < 0 ? "more" : label === "FLOPs" || label === "dollars" ? "fewer" : "less"} ${label}`,
    );
  return parts.length === 0 ? null : `Without a critic: ${parts.join(", ")}.`;
}

/** "+1.6 points [−2.1, 5.3], p 0.41: cannot tell which learned more." */
export function learnedClaim({ versus, refusal }: TwinBenchmark): string {
  if (versus === null) return `not comparable: ${refusal ?? "no result"}`;
  const word = {
    better: "GRPO learned more",
    worse: "PPO learned more",
    "cannot tell": "cannot tell which learned more",
  }[versus.verdict];
  return `${differenceText(versus)}, p ${pText(versus.pAdjusted)}: ${word}`;
}

export const TWIN_NOTE =
  "Both began with the same model, prompts and seed and sampled the same number of completions. FLOPs are counted from shapes: sampling, scoring passes, forward and backward, recomputed layers and attention. Memory is the process's peak.";
