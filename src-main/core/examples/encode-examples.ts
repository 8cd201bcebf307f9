/** Conversations → examples to train on, of which turns and of what length the stage's options say. */
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import type { Learned } from "../text/templates/loss-mask.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import type { Conversation } from "./conversation-lines.ts";
import { ExampleTally, requireExamples } from "./training-examples.ts";
import type { FaultyExamples } from "./training-examples.ts";
import type { Example } from "./example.ts";

export type LearnedOptions = Pick<
  SftStage,
  "mask_history" | "assistant_only_loss" | "completion_only_loss"
>;
export type ExampleOptions = Pick<SftStage, "max_length" | "truncation_mode"> & LearnedOptions;

export type EncodedExamples = {
  readonly examples: Example[];
  /** Of each example, which conversation it is, from 0. */
  readonly sources: readonly number[];
  /** Longer than `max_length`, before anything was cut. */
  readonly tooLong: number;
  /** Of those, left out: all of them where they are dropped, else those of whose answer nothing is left. */
  readonly leftOut: number;
  readonly doubts: readonly FaultyExamples[];
};

type Encoded = Example & { readonly source: number };

/** Of both masks, where both are asked: the answer's own tokens of the completion, which is the last answer. */
export function learnedOf(options: LearnedOptions): Learned {
  const { mask_history: lastOnly, assistant_only_loss: assistant } = options;
  const completion = options.completion_only_loss === true;
  if (!assistant) return completion ? "completion" : "all";
  return lastOnly || completion ? "last" : "assistant";
}

/**
 * With the assistant's tokens marked. What is longer than `max_length` is cut to its first tokens or left out, as
 * `truncation_mode` says; an example without a token to learn from is left out, as in TRL.
 * @throws AppError where some cannot be trained on, with all reasons and the first records of each
 */
export function encodeExamples(
  tokenizer: Tokenizer,
  conversations: readonly Conversation[],
  options: ExampleOptions,
): EncodedExamples {
  const { max_length: limit, truncation_mode: mode } = options;
  const tally = new ExampleTally(tokenizer, learnedOf(options));
  const all = conversations.flatMap((messages, source): Encoded[] => {
    const example = tally.add(source + 1, () => messages);
    return example === undefined ? [] : [{ ...example, source }];
  });
  requireExamples(tally);
  const kept = all.flatMap(({ ids, mask, source }): Encoded[] => {
    if (ids.length <= limit) return [{ ids, mask, source }];
    if (mode === "drop" || firstLearned({ ids, mask }) >= limit) return [];
    return [{ ids: ids.slice(0, limit), mask: mask.slice(0, limit), source }];
  });
  const examples = kept.map(({ ids, mask }): Example => ({ ids, mask }));
  return {
    examples,
    sources: kept.map(({ source }) => source),
    tooLong: all.filter(({ ids }) => ids.length > limit).length,
    leftOut: all.length - examples.length,
    doubts: tally.faults,
  };
}

/** Place of the first token that is learned. The first token of an example is never one: nothing comes before it. */
export function firstLearned({ ids, mask }: Example): number {
  const place = mask.indexOf(1, 1);
  return place === -1 ? ids.length : place;
}

/** What becomes of examples longer than `max_length`, in a sentence; null where there are none. */
export function overlongMessage(
  { tooLong, leftOut }: Pick<EncodedExamples, "tooLong" | "leftOut">,
  total: number,
  {
    max_length: limit,
    truncation_mode: mode,
  }: Pick<ExampleOptions, "max_length" | "truncation_mode">,
): string | null {
  if (tooLong === 0) return null;
  const said = `${tooLong} of ${total} examples are longer than max_length (${limit} tokens)`;
  if (mode === "drop") return `${said} and are left out (truncation_mode drop).`;
  const lost =
    leftOut === 0 ? "" : `; ${leftOut} are left out, since nothing of their answer is left`;
  return `${said}: ${tooLong - leftOut} are cut to their first ${limit} tokens, so they do not end${lost}.`;
}
