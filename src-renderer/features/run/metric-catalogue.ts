/**
 * Which charts a run's metrics make. A metric that the catalogue does not know still gets a chart under its own name:
 * nothing that was measured is hidden. Names are TRL's.
 */
import { formatCompact, formatDuration, formatNumber, formatPercent } from "../../ui/format.ts";

export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Metrics drawn as lines, with their labels. */
  readonly lines: readonly { readonly metric: string; readonly label: string }[];
  /** What the metrics' values are divided by to be in the chart's unit. */
  readonly divisor: number;
  /** Metrics that bound the first line's band. */
  readonly band: { readonly low: string; readonly high: string } | undefined;
  readonly format: (value: number | null) => string;
  readonly fromZero: boolean;
}

interface Rule {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Matches a metric; the first group, where there is one, is its label. */
  readonly match: RegExp;
  /** Better words for some labels. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly format?: (value: number | null) => string;
  readonly fromZero?: boolean;
  readonly divisor?: number;
  readonly band?: { readonly low: string; readonly high: string };
  /** Metrics that this rule swallows because they are its band. */
  readonly hides?: RegExp;
}

const percent = (value: number | null): string => formatPercent(value);
const whole = (value: number | null): string => formatNumber(value);
const compact = (value: number | null): string => formatCompact(value);

const seconds = (value: number | null): string =>
  value === null ? "–" : formatDuration(value * 1000);

const RULES: readonly Rule[] = [
  {
    id: "accuracy",
    title: "Right answers",
    unit: "% of completions",
    match: /^accuracy$/u,
    format: percent,
    fromZero: true,
  },
  { id: "reward", title: "Reward", unit: "mean, after weights", match: /^reward$/u },
  {
    id: "rewards",
    title: "Reward by function",
    unit: "mean, before weights",
    match: /^rewards\/(.+)\/mean$/u,
    fromZero: true,
  },
  {
    id: "accuracy-by-difficulty",
    title: "Right by difficulty",
    unit: "% of completions",
    match: /^accuracy\/(?:difficulty[_-]?)?(.+)$/u,
    format: percent,
    fromZero: true,
  },
  { id: "loss", title: "Loss", unit: "per token", match: /^loss$/u },
  { id: "kl", title: "KL", unit: "nats a token, to the reference", match: /^kl$/u },
  { id: "entropy", title: "Entropy", unit: "nats a token", match: /^entropy$/u, fromZero: true },
  {
    id: "length",
    title: "Completion length",
    unit: "tokens: mean, shortest to longest",
    match: /^completions\/mean_length$/u,
    format: whole,
    fromZero: true,
    band: { low: "completions/min_length", high: "completions/max_length" },
    hides: /^completions\/(?:min|max)_length$/u,
  },
  {
    id: "zero-variance",
    title: "Groups without spread",
    unit: "% of groups",
    match: /^frac_(?:groups_)?(reward_zero_std|all_right|all_wrong)$/u,
    labels: { reward_zero_std: "equal", all_right: "right", all_wrong: "wrong" },
    format: percent,
    fromZero: true,
  },
  {
    id: "clip",
    title: "Clip ratio",
    unit: "% of tokens",
    match: /^clip_ratio\/(.+?)(?:_mean)?$/u,
    labels: { region: "both" },
    format: percent,
    fromZero: true,
  },
  {
    id: "cut",
    title: "Cut at the limit",
    unit: "% of completions",
    match: /^completions\/clipped_ratio$/u,
    format: percent,
    fromZero: true,
  },
  {
    id: "grad-norm",
    title: "Gradient norm",
    unit: "before clipping",
    match: /^grad_norm$/u,
    fromZero: true,
  },
  {
    id: "learning-rate",
    title: "Learning rate",
    unit: "by the schedule",
    match: /^learning_rate$/u,
    fromZero: true,
  },
  {
    id: "throughput",
    title: "Throughput",
    unit: "tokens/s",
    match: /^(?:(sampling|training)_)?tokens_per_second$/u,
    format: whole,
    fromZero: true,
  },
  {
    id: "reward-spread",
    title: "Reward spread",
    unit: "standard deviation",
    match: /^(?:reward_std|rewards\/(.+)\/std)$/u,
    labels: { reward_std: "weighted" },
    fromZero: true,
  },
  {
    id: "finished-length",
    title: "Length, not cut",
    unit: "tokens: mean, shortest to longest",
    match: /^completions\/mean_terminated_length$/u,
    format: whole,
    fromZero: true,
    band: { low: "completions/min_terminated_length", high: "completions/max_terminated_length" },
    hides: /^completions\/(?:min|max)_terminated_length$/u,
  },
  {
    id: "traces",
    title: "Solutions",
    unit: "so far",
    match: /^(traces_kept|completions_sampled)$/u,
    labels: { traces_kept: "kept", completions_sampled: "sampled" },
    format: whole,
    fromZero: true,
  },
  {
    id: "tokens",
    title: "Tokens",
    unit: "so far",
    match: /^(?:num_tokens|tokens_sampled)$/u,
    fromZero: true,
  },
  {
    id: "step-time",
    title: "Step time",
    unit: "sampling included",
    match: /^step_time$/u,
    format: seconds,
    fromZero: true,
  },
  {
    id: "memory",
    title: "Memory",
    unit: "GiB, of the engine process",
    match: /^memory_bytes$/u,
    divisor: 2 ** 30,
    format: (value) => formatNumber(value, 2),
    fromZero: true,
  },
];

function labelOf(rule: Rule, metric: string): string | undefined {
  const match = rule.match.exec(metric);
  if (match === null) return undefined;
  const label = match[1] ?? match[0];
  return rule.labels?.[label] ?? label;
}

/** The charts for these metrics, in the catalogue's order, then those it does not know by name. */
export function chartSpecs(metrics: readonly string[]): readonly ChartSpec[] {
  const left = new Set(metrics);
  const specs: ChartSpec[] = [];
  for (const rule of RULES) {
    const lines: { metric: string; label: string }[] = [];
    for (const metric of [...left].sort()) {
      const label = labelOf(rule, metric);
      if (label === undefined) continue;
      lines.push({ metric, label });
      left.delete(metric);
    }
    if (lines.length === 0) continue;
    const { band } = rule;
    const hasBand = band !== undefined && left.has(band.low) && left.has(band.high);
    if (hasBand && rule.hides !== undefined)
      for (const metric of metrics) if (rule.hides.test(metric)) left.delete(metric);
    specs.push({
      id: rule.id,
      title: rule.title,
      unit: rule.unit,
      lines,
      divisor: rule.divisor ?? 1,
      band: hasBand ? band : undefined,
      format: rule.format ?? compact,
      fromZero: rule.fromZero ?? false,
    });
  }
  for (const metric of [...left].sort())
    specs.push({
      id: metric,
      title: metric,
      unit: "",
      lines: [{ metric, label: metric }],
      divisor: 1,
      band: undefined,
      format: compact,
      fromZero: false,
    });
  return specs;
}
