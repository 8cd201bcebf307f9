/** Alarms of reinforcement learning: what goes wrong silently, noticed early, with what to do about it. */
import { z } from "zod";
import { ALARM_LIMITS } from "#shared/schema/alarm-limits.ts";

export type Alarm = {
  readonly code: string;
  readonly level: "info" | "warning" | "error";
  readonly message: string;
  readonly advice: string;
};

/** What the alarms look at after each batch of completions. Shares are in 0–1. */
export type PolicySigns = {
  readonly fracZeroStd: number;
  readonly truncatedShare: number;
  readonly entropy: number | null;
  readonly kl: number | null;
  readonly formatMean: number | null;
  /** Accuracy by difficulty in this batch. */
  readonly accuracy: ReadonlyMap<number, number>;
};

/** Batches of completions, however many optimizer steps are made of each. */
const PATIENCE = 5;

const State = z.object({
  streaks: z.array(z.tuple([z.string(), z.int()])),
  raised: z.array(z.string()),
  bestAccuracy: z.array(z.tuple([z.number(), z.number()])),
});
export type AlarmState = z.infer<typeof State>;

/** Each alarm is raised once, when its sign has held for several batches in a row. */
export class PolicyAlarms {
  readonly #streaks: Map<string, number>;
  readonly #raised: Set<string>;
  readonly #bestAccuracy: Map<number, number>;

  /** @param kept what `state` gave at the checkpoint that the run goes on from; one without it begins anew */
  constructor(kept?: unknown) {
    const { data } = State.safeParse(kept);
    this.#streaks = new Map(data?.streaks);
    this.#raised = new Set(data?.raised);
    this.#bestAccuracy = new Map(data?.bestAccuracy);
  }

  /** For a checkpoint. */
  state(): AlarmState {
    return {
      streaks: [...this.#streaks],
      raised: [...this.#raised],
      bestAccuracy: [...this.#bestAccuracy],
    };
  }

  /** The alarms that this batch raises. */
  check(signs: PolicySigns): Alarm[] {
    const alarms: Alarm[] = [];
    const watch = (holds: boolean, alarm: Alarm, patience = PATIENCE): void => {
      const streak = holds ? (this.#streaks.get(alarm.code) ?? 0) + 1 : 0;
      this.#streaks.set(alarm.code, streak);
      if (streak < patience || this.#raised.has(alarm.code)) return;
      this.#raised.add(alarm.code);
      alarms.push(alarm);
    };
    watch(signs.fracZeroStd > ALARM_LIMITS.fracZeroStd, {
      code: "no-signal",
      level: "warning",
      message: `Over ${PATIENCE} batches of completions more than ${100 * ALARM_LIMITS.fracZeroStd}% of the groups had equal rewards, so almost nothing was learnt from them.`,
      advice:
        "Choose problems the policy solves sometimes: another difficulty, a better cold start, or more completions a group.",
    });
    watch(signs.truncatedShare > ALARM_LIMITS.truncatedShare, {
      code: "truncated",
      level: "warning",
      message: `Over ${PATIENCE} batches of completions more than half of the completions hit the length limit.`,
      advice:
        "Raise max_completion_length, or check that the model ends its answers with a stop token.",
    });
    watch(signs.entropy !== null && signs.entropy < ALARM_LIMITS.entropy, {
      code: "entropy-collapse",
      level: "warning",
      message: `Over ${PATIENCE} batches of completions the policy's entropy was under ${ALARM_LIMITS.entropy} nats a token: it hardly explores.`,
      advice:
        "Stop from here if the score no longer moves; else lower learning_rate, raise epsilon_high, or sample at a higher temperature.",
    });
    watch(signs.kl !== null && signs.kl > ALARM_LIMITS.kl, {
      code: "kl-high",
      level: "warning",
      message: `Over ${PATIENCE} batches of completions the divergence from the reference model was above ${ALARM_LIMITS.kl} nats a token.`,
      advice: "Lower learning_rate or raise beta; the policy has left the reference model behind.",
    });
    watch(signs.formatMean === 0, {
      code: "format-never",
      level: "warning",
      message: `Over ${PATIENCE} batches of completions no completion had the format <think>…</think><answer>…</answer>.`,
      advice:
        "Check the cold start and the chat template: does the template itself open <think>, or strip it?",
    });
    for (const [difficulty, accuracy] of signs.accuracy) {
      const best = Math.max(this.#bestAccuracy.get(difficulty) ?? 0, accuracy);
      this.#bestAccuracy.set(difficulty, best);
      watch(best >= 0.05 && accuracy === 0, {
        code: `hole-${difficulty}`,
        level: "warning",
        message: `Problems of difficulty ${difficulty} were solved before (up to ${(100 * best).toFixed(0)}%) and not once over ${PATIENCE} batches of completions: the policy is losing them.`,
        advice:
          "Ask more of that difficulty (repeat it in difficulties), lower learning_rate, or branch from an earlier checkpoint.",
      });
    }
    return alarms;
  }
}

export const NON_FINITE_ADVICE =
  "Lower learning_rate or max_grad_norm and resume from the last checkpoint, which is intact.";
