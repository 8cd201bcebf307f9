/** Alarms of reinforcement learning: what goes wrong silently, noticed early, with what to do about it. */
import { z } from "zod";
import type { AlarmChange, AlarmEvidence } from "#shared/schema/alarm.ts";
import { ALARM_LIMITS } from "#shared/schema/alarm-limits.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { changeFor, codeOfGamed, codeOfTagHole } from "./alarm-changes.ts";
import { GamedRewards, GamedRewardsState } from "./gamed-rewards.ts";
import type { PolicySigns } from "./policy-signs.ts";

export type Alarm = {
  readonly code: string;
  readonly level: "info" | "warning" | "error";
  readonly message: string;
  readonly advice: string;
  readonly evidence?: AlarmEvidence[];
  /** An option to try in a branch of the run. */
  readonly change?: AlarmChange | null;
};

/** Batches of completions, however many optimizer steps are made of each. */
const PATIENCE = 5;

/** Means over the first batches: what later ones are compared with. */
const Start = z.object({
  batches: z.int(),
  accuracy: z.number(),
  anyRight: z.number(),
  length: z.number(),
  format: z.number().nullable(),
  entropy: z.number().nullable().default(null),
});
type Start = z.infer<typeof Start>;

const State = z.object({
  streaks: z.array(z.tuple([z.string(), z.int()])),
  raised: z.array(z.string()),
  bestAccuracy: z.array(z.tuple([z.number(), z.number()])),
  /** Checkpoints of 0.1.0 have none. */
  /** Of each tag: completions and right ones up to the last right one, and completions since. */
  tags: z
    .array(z.tuple([z.string(), z.object({ before: z.int(), right: z.int(), since: z.int() })]))
    .default([]),
  /** Checkpoints of before it was watched have none. */
  sources: GamedRewardsState.default([]),
  start: Start.default({
    ...{ batches: 0, accuracy: 0, anyRight: 0, length: 0 },
    ...{ format: null, entropy: null },
  }),
});
export type AlarmState = z.infer<typeof State>;
const NOTHING_SEEN = State.parse({ streaks: [], raised: [], bestAccuracy: [] });

type Watch = (
  holds: boolean,
  alarm: Pick<Alarm, "code" | "message" | "advice">,
  patience?: number,
) => void;

/** Share of completions of a difficulty or tag that must have been right for it to be lost. */
const SOLVED = 0.05;
/** Right answers expected of a tag at its earlier rate and not seen: by chance once in a thousand (e^-7). */
const SURELY_LOST = 7;

type TagCounts = { readonly before: number; readonly right: number; readonly since: number };

const OVER = `Over ${PATIENCE} batches of completions`;
const percent = (share: number): string => `${(100 * share).toFixed(0)}%`;

/** Each alarm is raised once, when its sign has held for several batches in a row. */
export class PolicyAlarms {
  readonly #stage: GrpoStage;
  readonly #streaks: Map<string, number>;
  readonly #raised: Set<string>;
  readonly #bestAccuracy: Map<number, number>;
  readonly #tags: Map<string, TagCounts>;
  readonly #gamed: GamedRewards;
  #start: Start;

  /** @param kept what `state` gave at the checkpoint that the run goes on from; one without it begins anew */
  constructor(stage: GrpoStage, kept?: unknown) {
    const { data = NOTHING_SEEN } = State.safeParse(kept);
    this.#stage = stage;
    this.#streaks = new Map(data.streaks);
    this.#raised = new Set(data.raised);
    this.#bestAccuracy = new Map(data.bestAccuracy);
    this.#tags = new Map(data.tags);
    this.#gamed = new GamedRewards(data.sources);
    this.#start = data.start;
  }

  /** For a checkpoint. */
  state(): AlarmState {
    return {
      streaks: [...this.#streaks],
      raised: [...this.#raised],
      bestAccuracy: [...this.#bestAccuracy],
      tags: [...this.#tags],
      sources: this.#gamed.state(),
      start: this.#start,
    };
  }

  /**
   * The alarms that this batch raises.
   * @param room tokens that the model's context leaves behind the batch's longest prompt
   */
  check(signs: PolicySigns, room?: number): Alarm[] {
    const alarms: Alarm[] = [];
    const watch: Watch = (holds, alarm, patience = PATIENCE) => {
      const streak = holds ? (this.#streaks.get(alarm.code) ?? 0) + 1 : 0;
      this.#streaks.set(alarm.code, streak);
      if (streak < patience || this.#raised.has(alarm.code)) return;
      this.#raised.add(alarm.code);
      alarms.push({ ...alarm, level: "warning", change: changeFor(alarm.code, this.#stage, room) });
    };
    watchRewards(signs, watch);
    watchTexts(signs, watch);
    watchPolicy(signs, this.#start, watch);
    if (this.#start.batches >= PATIENCE) watchDrift(signs, this.#start, watch);
    else this.#start = withBatch(this.#start, signs);
    // Where all is lost, no part of it is a hole.
    const isHole = signs.accuracyMean >= this.#start.accuracy;
    this.#watchDifficulties(signs, isHole, watch);
    this.#watchTags(signs, isHole, watch);
    this.#watchSources(signs, watch);
    return alarms;
  }

  #watchSources({ bySource }: PolicySigns, watch: Watch): void {
    for (const one of this.#gamed.take(bySource))
      watch(one.isGamed, {
        code: codeOfGamed(one.source),
        message: `Completions on ${one.source} still earn ${one.rewardNow.toFixed(2)} each, after ${one.rewardBefore.toFixed(2)} at the start, while right ones went from ${percent(one.rightBefore)} to ${percent(one.rightNow)}: the policy earns what the rewards give for something else.`,
        advice:
          "Read the wrong completions that earn most. Give less for what can be had without the right answer: partial of the reward answer, the format, a reward of your own.",
      });
  }

  #watchTags({ byTag }: PolicySigns, isHole: boolean, watch: Watch): void {
    for (const [tag, { completions, right }] of byTag) {
      const known = this.#tags.get(tag) ?? { before: 0, right: 0, since: 0 };
      const now =
        right === 0
          ? { ...known, since: known.since + completions }
          : {
              before: known.before + known.since + completions,
              right: known.right + right,
              since: 0,
            };
      this.#tags.set(tag, now);
      const rate = now.before === 0 ? 0 : now.right / now.before;
      watch(isHole && rate >= SOLVED && rate * now.since >= SURELY_LOST, {
        code: codeOfTagHole(tag),
        message: `Problems with the tag ${tag} were solved before (${percent(rate)} of ${now.before} completions) and not once in the last ${now.since} completions, while the others did not get worse: the policy is losing them.`,
        advice:
          "Ask more of that tag (another source with where: tag:…), lower learning_rate, or branch from an earlier checkpoint.",
      });
    }
  }

  #watchDifficulties({ accuracy: by }: PolicySigns, isHole: boolean, watch: Watch): void {
    for (const [difficulty, accuracy] of by) {
      const best = Math.max(this.#bestAccuracy.get(difficulty) ?? 0, accuracy);
      this.#bestAccuracy.set(difficulty, best);
      watch(isHole && best >= SOLVED && accuracy === 0, {
        code: `hole-${difficulty}`,
        message: `Problems of difficulty ${difficulty} were solved before (up to ${percent(best)}) and not once over ${PATIENCE} batches of completions: the policy is losing them.`,
        advice:
          "Ask more of that difficulty (repeat it in difficulties), lower learning_rate, or branch from an earlier checkpoint.",
      });
    }
  }
}

/** What teaches nothing, and what takes its time. */
function watchRewards(signs: PolicySigns, watch: Watch): void {
  const { fracZeroStd, sameVerdict, gradingShare } = ALARM_LIMITS;
  watch(signs.fracAllWrong > sameVerdict, {
    code: "all-wrong",
    message: `${OVER} more than ${percent(sameVerdict)} of the prompts had no right answer at all: the problems are too hard for this policy.`,
    advice:
      "Choose easier problems, begin from a better cold start, or sample more completions a prompt.",
  });
  watch(signs.fracAllRight > sameVerdict, {
    code: "all-right",
    message: `${OVER} more than ${percent(sameVerdict)} of the prompts had right answers only: the policy has nothing more to learn from them.`,
    advice: "Choose harder problems, or end the stage here.",
  });
  watch(signs.fracZeroStd > fracZeroStd, {
    code: "no-signal",
    message: `${OVER} more than ${percent(fracZeroStd)} of the groups had equal rewards, so almost nothing was learnt from them.`,
    advice:
      "Choose problems the policy solves sometimes: another difficulty, a better cold start, or more completions a group.",
  });
  watch(signs.gradingShare > gradingShare, {
    code: "grading-slow",
    message: `${OVER} verifiers and rewards took ${percent(signs.gradingShare)} of the time of a batch.`,
    advice:
      "Try the rewards on their own (`gradus rewards try`): the milliseconds of each are listed there.",
  });
}

/** What is wrong with what is written. */
function watchTexts(signs: PolicySigns, watch: Watch): void {
  const { truncatedShare, repetitive, language } = ALARM_LIMITS;
  watch(signs.truncatedShare > truncatedShare, {
    code: "truncated",
    message: `${OVER} more than half of the completions hit the length limit.`,
    advice:
      "Raise max_completion_length, or check that the model ends its answers with a stop token.",
  });
  watch(signs.repetitiveShare > repetitive, {
    code: "repetition",
    message: `${OVER} ${percent(signs.repetitiveShare)} of the completions repeated themselves: more than half of their four-word sequences were there before.`,
    advice: "Add the reward repetition_penalty, or lower learning_rate.",
  });
  watch(signs.language !== null && signs.language < language, {
    code: "language-mixing",
    message: `${OVER} ${percent(1 - (signs.language ?? 1))} of the words were not in the prompt's language.`,
    advice: "Add the reward language, as DeepSeek-R1 did.",
  });
  watch(signs.formatMean === 0, {
    code: "format-never",
    message: `${OVER} no completion had the format <think>…</think><answer>…</answer>.`,
    advice:
      "Check the cold start and the chat template: does the template itself open <think>, or strip it?",
  });
}

/** What is wrong with the distribution. */
function watchPolicy(signs: PolicySigns, start: Start, watch: Watch): void {
  const { entropy, entropyLeft, kl, samplerDifference, firstRatio } = ALARM_LIMITS;
  // A cold start that writes one form is low from the start, and goes on learning: what counts is what was lost of it.
  const before = start.batches < PATIENCE ? null : start.entropy;
  const isLost = before === null || before < entropy || (signs.entropy ?? 0) < entropyLeft * before;
  watch(signs.entropy !== null && signs.entropy < entropy && isLost, {
    code: "entropy-collapse",
    message: `${OVER} the policy's entropy was under ${entropy} nats a token: it hardly explores.`,
    advice:
      "Stop from here if the score no longer moves; else lower learning_rate, raise epsilon_high, or sample at a higher temperature.",
  });
  watch(signs.kl !== null && signs.kl > kl, {
    code: "kl-high",
    message: `${OVER} the divergence from the reference model was above ${kl} nats a token.`,
    advice: "Lower learning_rate or raise beta; the policy has left the reference model behind.",
  });
  watch((signs.samplerDifference ?? 0) > samplerDifference, {
    code: "sampler-apart",
    message: `${OVER} the sampler's and the trainer's log-probabilities were ${(signs.samplerDifference ?? 0).toFixed(2)} nats a token apart: what is trained is not what was sampled.`,
    advice: "Turn bf16 off, or lower importance_sampling_clip_max.",
  });
  watch(Math.abs((signs.firstRatio ?? 1) - 1) > firstRatio, {
    code: "ratio-off",
    message: `${OVER} the mean ratio of the trained to the sampling policy was ${(signs.firstRatio ?? 1).toFixed(2)} before any update: it must be near 1.`,
    advice: "Turn bf16 off; without it the two are the same policy.",
  });
}

/** What went the wrong way since the first batches. */
function watchDrift(signs: PolicySigns, start: Start, watch: Watch): void {
  const { lengthGrowth, formatGain, answerLoss, coverageLoss } = ALARM_LIMITS;
  const gained = signs.accuracyMean - start.accuracy;
  watch(signs.meanLength > lengthGrowth * start.length && gained <= answerLoss, {
    code: "length-explosion",
    message: `Completions have ${signs.meanLength.toFixed(0)} tokens where they began with ${start.length.toFixed(0)}, and no more right answers for it.`,
    advice: "Add the reward soft-overlong or length, or use loss_type dr_grpo.",
  });
  const format = signs.formatMean ?? 0;
  watch(start.format !== null && format > start.format + formatGain && gained < -answerLoss, {
    code: "format-gamed",
    message: `The format went up from ${percent(start.format ?? 0)} to ${percent(format)} while right answers went down from ${percent(start.accuracy)} to ${percent(signs.accuracyMean)}: the policy earns the form alone.`,
    advice: "Lower the weight of the reward format.",
  });
  watch(signs.anyRight < start.anyRight - coverageLoss && gained > 0, {
    code: "coverage-lost",
    message: `Fewer prompts have any right answer (${percent(signs.anyRight)} after ${percent(start.anyRight)} at the start) although more answers are right: pass@k falls while pass@1 rises.`,
    advice: "Raise epsilon_high, keep a reference with beta, or lower learning_rate.",
  });
}

function withBatch(start: Start, signs: PolicySigns): Start {
  const batches = start.batches + 1;
  const mean = (before: number, value: number): number => before + (value - before) / batches;
  return {
    batches,
    accuracy: mean(start.accuracy, signs.accuracyMean),
    anyRight: mean(start.anyRight, signs.anyRight),
    length: mean(start.length, signs.meanLength),
    format: signs.formatMean === null ? start.format : mean(start.format ?? 0, signs.formatMean),
    entropy: signs.entropy === null ? start.entropy : mean(start.entropy ?? 0, signs.entropy),
  };
}

export const NON_FINITE_ADVICE =
  "Branch from the last checkpoint, which is intact, with bf16 off or a lower learning_rate; a resume would meet the same step again.";
