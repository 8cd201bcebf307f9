/**
 * How a compiled decode step chooses tokens: with options that all rows share, which are compiled in, or with
 * options that each row brings, so that requests of many kinds decode together.
 */
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { drawIndex, keepAbove, penalizeRepetition, pickTokens } from "./pick-tokens.ts";
import type { Picked, PickOptions } from "./pick-tokens.ts";

export type DrawOptions = PickOptions & { readonly repetitionPenalty: number };

export type Picker = {
  /** Whether it needs the marks of the tokens that a row holds. */
  readonly penalised: boolean;
  /** Most probable tokens that it gives beside each drawn one. */
  readonly alternatives: number;
  /** logits (B, V), uniforms (B), seen (B, V) or null, settings (B, W) or null. */
  pick(
    logits: Tensor,
    uniforms: Tensor,
    seen: Tensor | null,
    settings: Tensor | null,
  ): Picked & {
    /** ids and log-probabilities (B, alternatives), best first. */
    readonly top?: readonly [Tensor, Tensor];
  };
};

/** One set of options for all rows. Log-probabilities are those at the temperature, the penalty counted in. */
export function sharedPicker({ repetitionPenalty, ...options }: DrawOptions): Picker {
  return {
    penalised: repetitionPenalty !== 1,
    alternatives: 0,
    pick: (logits, uniforms, seen) =>
      pickTokens(
        seen === null ? logits : penalizeRepetition(logits, seen, repetitionPenalty),
        uniforms,
        options,
      ),
  };
}

/** Numbers a row brings: see `rowSettings`. */
export const ROW_SETTINGS = 6;

/** One row's options as the numbers that `rowPicker` reads. */
export function rowSettings(options: DrawOptions, vocabSize: number): number[] {
  const { temperature, topK, topP, minP, repetitionPenalty } = options;
  return [
    temperature === 0 ? 1 : 0,
    temperature === 0 ? 1 : 1 / temperature,
    topK === 0 ? vocabSize : Math.min(topK, vocabSize),
    topP,
    // Far below any log-probability that counts: off.
    minP === 0 ? -1e30 : Math.log(minP),
    repetitionPenalty,
  ];
}

export type RowPickerOptions = {
  /** Without filters: every row's top-k, top-p and min-p are off and its penalty is 1. */
  readonly filters: boolean;
  readonly alternatives: number;
};

/**
 * Options by row. Log-probabilities are the model's own: at temperature 1, before filters and penalties, as
 * those of OpenAI-compatible servers are.
 */
export function rowPicker({ filters, alternatives }: RowPickerOptions): Picker {
  return {
    penalised: filters,
    alternatives,
    pick: (logits, uniforms, seen, settings) => {
      if (settings === null) throw new Error("the rows brought no settings");
      const [b, v] = logits.shape as [number, number];
      const column = (index: number): Tensor => tf.slice(settings, [0, index], [b, 1]);
      const greedy = column(0);
      const punished = filters && seen !== null ? penalizeByRow(logits, seen, column(5)) : logits;
      const scaled = tf.mul(punished, column(1));
      const shifted = tf.sub(scaled, tf.max(scaled, -1, true)); // (B, V), ≤ 0
      const mass = tf.exp(shifted);
      const sampled = filters ? filteredByRow(shifted, mass, column) : mass;
      const best = tf.cast(tf.greaterEqual(shifted, 0), "float32");
      const weights = tf.add(tf.mul(best, greedy), tf.mul(sampled, tf.sub(1, greedy)));
      const draws = tf.mul(uniforms, tf.sub(1, tf.reshape(greedy, [b])));
      const tokens = drawIndex(weights, draws, b, v);
      const logprobs = tf.logSoftmax(logits);
      const chosen = tf.gather(logprobs, tf.reshape(tokens, [b, 1]), 1, 1);
      const picked = { tokens, logprobs: tf.reshape(chosen, [b]) };
      if (alternatives === 0) return picked;
      const { values, indices } = tf.topk(logprobs, Math.min(alternatives, v));
      return { ...picked, top: [indices, values] };
    },
  };
}

function filteredByRow(shifted: Tensor, mass: Tensor, column: (index: number) => Tensor): Tensor {
  const topK = column(2);
  const topP = column(3);
  const byCount = keepAbove(shifted, mass, (above) =>
    tf.greaterEqual(tf.sum(tf.cast(above, "float32"), -1, true), topK),
  );
  const needed = tf.mul(tf.sum(byCount, -1, true), topP);
  const byMass = keepAbove(shifted, byCount, (above) =>
    tf.greaterEqual(tf.sum(tf.mul(byCount, tf.cast(above, "float32")), -1, true), needed),
  );
  // Rounding must not cut the tail of a row that asked for all of it.
  const all = tf.cast(tf.greaterEqual(topP, 1), "float32");
  const kept = tf.add(tf.mul(byCount, all), tf.mul(byMass, tf.sub(1, all)));
  return tf.mul(kept, tf.cast(tf.greaterEqual(shifted, column(4)), "float32"));
}

/** The repetition penalty of pick-tokens.ts with one strength a row: penalties (B, 1). */
function penalizeByRow(logits: Tensor, seen: Tensor, penalties: Tensor): Tensor {
  const positive = tf.cast(tf.greater(logits, 0), "float32");
  const divided = tf.div(logits, penalties);
  const multiplied = tf.mul(logits, penalties);
  const punished = tf.add(tf.mul(divided, positive), tf.mul(multiplied, tf.sub(1, positive)));
  return tf.add(logits, tf.mul(seen, tf.sub(punished, logits)));
}
