/**
 * Which charts a run's metrics make. A metric that the catalogue does not know still gets a chart under its own name:
 * nothing that was measured is hidden. Names are TRL's.
 */
import { REJECTION_WORDS } from "#shared/schema/acceptance.ts";
import { formatCompact, formatDuration, formatNumber, formatPercent } from "#renderer/ui/format.ts";

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
  /** What exactly is measured, and where it differs from what TRL logs under the same name. */
  readonly help: string | undefined;
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
  readonly help?: string;
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
    help: "Share of the batch's completions that the task's verifier accepts in the strict form. TRL has no such metric.",
    format: percent,
    fromZero: true,
  },
  {
    id: "held-out",
    title: "Held out",
    unit: "% right, pass@1 with its 95% interval",
    match: /^eval_accuracy$/u,
    help: "Share of the held-out problems that are answered rightly while the stage trains, the same problems each time (eval_steps, eval_problems); the interval is a bootstrap over problems.",
    format: percent,
    fromZero: true,
    band: { low: "eval_accuracy/low", high: "eval_accuracy/high" },
    hides: /^eval_accuracy\/(?:low|high)$/u,
  },
  {
    id: "reward",
    title: "Reward",
    unit: "mean, after weights",
    match: /^reward$/u,
    help: "Mean over the batch of the weighted sum of rewards, as TRL logs it. In advantages a reward that does not apply to a completion counts neither for nor against it.",
  },
  {
    id: "rewards",
    title: "Reward by function",
    unit: "mean, before weights",
    match: /^rewards\/(.+)\/mean$/u,
    help: "Mean of each reward function over the completions to which it applies, before its weight, as TRL logs it.",
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
  {
    id: "loss",
    title: "Loss",
    unit: "per token",
    match: /^loss$/u,
    help: "Supervised stages: negative log-likelihood a trained token. On-policy distillation (method gkd): the divergence of the student from its teacher, in nats. GRPO: the objective's value over the step; where a batch is used once it stays near 0 by construction, since a group's advantages sum to 0, while its gradient does not.",
  },
  {
    id: "held-out-loss",
    title: "Held-out loss",
    unit: "per token",
    match: /^eval_loss$/u,
    help: "The same loss on examples that are never learned from, without noise and dropout (eval_steps, eval_data, test_size). Where it rises while the loss falls, the model learns its examples by heart.",
  },
  {
    id: "held-out-tokens",
    title: "Held-out tokens",
    unit: "% the likeliest",
    match: /^eval_mean_token_accuracy$/u,
    help: "Share of the held-out tokens that count which the model holds the likeliest given those before, as TRL's mean_token_accuracy.",
    format: percent,
    fromZero: true,
  },
  {
    id: "kl",
    title: "KL",
    unit: "nats a token, to the reference",
    match: /^kl$/u,
    help: "Mean over completion tokens of kl_estimator's estimate (k3: exp(d) − d − 1 with d = log π_ref − log π), where beta > 0, as TRL logs it: times the ratio with use_bias_correction_kl; with use_kl_in_reward of the batch as it was sampled. Without beta it is not computed.",
  },
  {
    id: "entropy",
    title: "Entropy",
    unit: "nats a token",
    match: /^entropy$/u,
    fromZero: true,
    help: "Mean entropy of the policy's distribution at completion tokens, at the sampling temperature. Every sampled token counts, also of completions that teach nothing (advantage 0) and of those that are masked, which TRL leaves out.",
  },
  {
    id: "critic-loss",
    title: "Policy and critic",
    unit: "loss a token",
    match: /^loss\/(policy|value)_avg$/u,
    labels: { policy: "policy", value: "critic" },
    help: "PPO's two parts: the clipped surrogate with what else the policy's loss has, and the critic's clipped squared error before vf_coef (PPO, eq. 9), under TRL's names. With a shared critic, loss is the policy's part plus vf_coef times the critic's.",
  },
  {
    id: "explained-variance",
    title: "Variance the critic explains",
    unit: "1 knows the returns, 0 their mean",
    match: /^val\/explained_variance$/u,
    help: "1 − Var(R − V) / Var(R) over the batch's tokens, before the critic learned from it; under 0 it knows less than the mean. TRL has no such metric.",
  },
  {
    id: "value",
    title: "Value",
    unit: "mean of the critic, reward's unit",
    match: /^val\/mean$/u,
    help: "What the critic expected before each completion token of the batch, in the mean.",
  },
  {
    id: "teacher-agreement",
    title: "Agreement with the teacher",
    unit: "% of tokens",
    match: /^teacher_agreement$/u,
    help: "Share of completion tokens at which student and teacher hold the same token the likeliest, under the weights just before the step.",
    format: percent,
    fromZero: true,
  },
  {
    id: "on-policy-share",
    title: "Sampled by the student",
    unit: "% of the step's rows",
    match: /^on_policy_share$/u,
    help: "Of on-policy distillation: rows of the step that the student sampled; lmbda is what to expect on average. The others have the teacher's solutions.",
    format: percent,
    fromZero: true,
  },
  {
    id: "entropy-coef",
    title: "Entropy bonus",
    unit: "coefficient",
    match: /^entropy_coef$/u,
    fromZero: true,
    help: "What the mean entropy is taken off the loss by, as it stands after the step; with use_adaptive_entropy it moves, and is applied only where the entropy of the step before was at or under its target.",
  },
  {
    id: "vespo",
    title: "VESPO's weight",
    unit: "mean of completions",
    match: /^vespo\/phi_seq_mean$/u,
    fromZero: true,
    help: "Mean of φ over the completions of the step that were trained on; 1 where the policy is the one that sampled. TRL's mean is of all completions.",
  },
  {
    id: "length",
    title: "Completion length",
    unit: "tokens: mean, shortest to longest",
    match: /^completions\/mean_length$/u,
    help: "Tokens of all completions of the batch, the stop token included, as TRL counts them.",
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
    help: "Groups whose rewards are all equal, as TRL logs frac_reward_zero_std; and those whose completions are all right or all wrong by the verifier.",
    labels: { reward_zero_std: "equal", all_right: "right", all_wrong: "wrong" },
    format: percent,
    fromZero: true,
  },
  {
    id: "clip",
    title: "Clip ratio",
    unit: "% of tokens",
    match: /^(?:clip_ratio\/(.+?)(?:_mean)?|cispo_clip_ratio)$/u,
    help: "Share of completion tokens whose importance ratio is cut: below 1 − epsilon where the advantage is negative (low), above 1 + epsilon_high where it is positive (high). Of all completion tokens of the step, as TRL divides; TRL then averages over micro-batches, here all tokens count alike. Where the ratio is of whole completions, share of completions. cispo: tokens whose weight is bounded and whose advantage is positive. 0 while each batch is used for one step.",
    labels: { region: "both", cispo_clip_ratio: "bounded" },
    format: percent,
    fromZero: true,
  },
  {
    id: "cut",
    title: "Cut at the limit",
    unit: "% of completions",
    match: /^completions\/clipped_ratio$/u,
    help: "Completions that reached max_completion_length without a stop token, as TRL logs it.",
    format: percent,
    fromZero: true,
  },
  {
    id: "grad-norm",
    title: "Gradient norm",
    unit: "before clipping",
    match: /^grad_norm$/u,
    help: "Euclidean norm of the whole gradient before max_grad_norm cuts it.",
    fromZero: true,
  },
  {
    id: "learning-rate",
    title: "Learning rate",
    unit: "by the schedule",
    match: /^(?:val\/)?learning_rate$/u,
    help: "As the schedule gave it for the step; val/ is that of a critic of its own (critic_learning_rate).",
    fromZero: true,
  },
  {
    id: "throughput",
    title: "Throughput",
    unit: "tokens/s",
    match: /^(?:(sampling|training)_)?tokens_per_second$/u,
    help: "Completion tokens sampled a second, and prompt and completion tokens trained on a second, padding not counted.",
    format: whole,
    fromZero: true,
  },
  {
    id: "reward-spread",
    title: "Reward spread",
    unit: "standard deviation",
    match: /^(?:reward_std|rewards\/(.+)\/std)$/u,
    help: "Standard deviation (n − 1) of the weighted reward over the whole batch, and of each reward function.",
    labels: { reward_std: "weighted" },
    fromZero: true,
  },
  {
    id: "finished-length",
    title: "Length, not cut",
    unit: "tokens: mean, shortest to longest",
    match: /^completions\/mean_terminated_length$/u,
    help: "As completion length, over completions that stopped by themselves. Where none did there is no point; TRL logs 0.",
    format: whole,
    fromZero: true,
    band: { low: "completions/min_terminated_length", high: "completions/max_terminated_length" },
    hides: /^completions\/(?:min|max)_terminated_length$/u,
  },
  {
    id: "traces",
    title: "Solutions",
    unit: "so far",
    match: /^(traces_kept|completions_sampled|rejected\/\w+)$/u,
    labels: {
      traces_kept: "kept",
      completions_sampled: "sampled",
      ...Object.fromEntries(
        Object.entries(REJECTION_WORDS).map(([reason, words]) => [`rejected/${reason}`, words]),
      ),
    },
    format: whole,
    fromZero: true,
  },
  {
    id: "tokens",
    title: "Tokens",
    unit: "so far",
    match: /^(?:num_tokens|tokens_sampled)$/u,
    help: "Prompt and completion tokens seen so far, as TRL's num_tokens.",
    fromZero: true,
  },
  {
    id: "step-time",
    title: "Step time",
    unit: "sampling included",
    match: /^step_time$/u,
    help: "One optimizer step, with the sampling of the batch in the step that begins it.",
    format: seconds,
    fromZero: true,
  },
  {
    id: "memory",
    title: "Memory",
    unit: "GiB, of the engine process",
    match: /^memory_bytes$/u,
    help: "Resident memory of the engine process after the step.",
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
      help: rule.help,
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
      help: undefined,
    });
  return specs;
}
