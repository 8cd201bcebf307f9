/**
 * Which sampled solutions are kept to be learnt from, and why the others are not (DeepSeek-R1, section 2.3.3: wrong ones,
 * mixed languages, long paragraphs). A completion is left out for the first reason that holds; the counts add up.
 */
import { RejectionReason } from "#shared/schema/acceptance.ts";
import type { Acceptance } from "#shared/schema/acceptance.ts";
import type { TraceSelection as TraceSelectionOptions } from "#shared/schema/stages/trace-options.ts";
import { languageShare } from "./foreign-lines.ts";
import { fingerprint } from "./near-duplicates.ts";
import { NearIndex } from "./near-index.ts";
import { readability } from "./readability.ts";

export type SampledTrace = {
  readonly prompt: string;
  readonly text: string;
  readonly tokens: number;
  /** False where it hit the length limit. */
  readonly finished: boolean;
  readonly formed: boolean;
  readonly correct: boolean;
};

const TAGS = /<\/?(?:think|answer)>/g;

export class TraceSelection {
  readonly #options: TraceSelectionOptions;
  readonly #counts = new Map<RejectionReason, number>();
  readonly #near = new NearIndex();
  #sampled = 0;
  #kept = 0;

  constructor(options: TraceSelectionOptions) {
    this.#options = options;
  }

  /** Counts a completion; whether nothing is wrong with it by itself. */
  admits(trace: SampledTrace): boolean {
    this.#sampled += 1;
    return this.#unless(traceFault(trace, this.#options));
  }

  /**
   * Of one prompt's completions that were admitted, those that are kept: the best by reward, earlier ones first where
   * rewards are equal or there are none.
   */
  best<T extends { readonly text: string; readonly reward: number | null }>(
    admitted: readonly T[],
  ): T[] {
    const { min_reward: least, rewards, max_per_prompt: cap, drop_near_duplicates } = this.#options;
    const isLow = ({ reward }: T): boolean =>
      rewards !== undefined && least !== undefined && (reward === null || reward < least);
    // What no reward applies to stands behind all that have one.
    const rank = ({ reward }: T): number => reward ?? Number.NEGATIVE_INFINITY;
    const order =
      rewards === undefined ? admitted : admitted.toSorted((a, b) => compare(rank(b), rank(a)));
    const kept: T[] = [];
    for (const one of order) {
      const print = drop_near_duplicates ? fingerprint(one.text) : null;
      const fault = (): RejectionReason | null => {
        if (isLow(one)) return "low_reward";
        if (kept.some(({ text }) => text === one.text)) return "duplicate";
        if (kept.length >= cap) return "over_cap";
        return print !== null && this.#near.nearest(print) !== null ? "near_duplicate" : null;
      };
      if (!this.#unless(fault())) continue;
      if (print !== null) this.#near.add(print);
      kept.push(one);
    }
    this.#kept += kept.length;
    return kept;
  }

  /** So far. */
  report(): Acceptance {
    const rejected = RejectionReason.options.flatMap((reason) => {
      const count = this.#counts.get(reason);
      return count === undefined ? [] : [{ reason, count }];
    });
    return { sampled: this.#sampled, kept: this.#kept, rejected };
  }

  #unless(fault: RejectionReason | null): boolean {
    if (fault === null) return true;
    this.#counts.set(fault, (this.#counts.get(fault) ?? 0) + 1);
    return false;
  }
}

/** What is wrong with a completion by itself; null where nothing is. */
function traceFault(trace: SampledTrace, options: TraceSelectionOptions): RejectionReason | null {
  const { min_trace_tokens: least = 0, max_trace_tokens: most = Infinity } = options;
  if (!trace.finished) return "unfinished";
  if (options.require_format && !trace.formed) return "malformed";
  if (options.require_correct && !trace.correct) return "wrong";
  if (trace.tokens < least) return "too_short";
  if (trace.tokens > most) return "too_long";
  const { min_language: language, min_readability: readable } = options;
  if (language > 0 && (languageShare(trace.prompt, trace.text) ?? 1) < language)
    return "mixed_language";
  const written = trace.text.replaceAll(TAGS, " ").trim();
  return readable > 0 && (readability(written) ?? 100) < readable ? "unreadable" : null;
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
