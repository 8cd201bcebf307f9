/** A fine-tuning stage's examples as tokens, on their two sides: what it learns from, and what it is measured on. */
import { AppError } from "#shared/errors.ts";
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import type { Conversation } from "#main/core/examples/conversation-lines.ts";
import { encodeExamples, overlongMessage } from "#main/core/examples/encode-examples.ts";
import type { EncodedExamples, ExampleOptions } from "#main/core/examples/encode-examples.ts";
import type { Example } from "#main/core/examples/example.ts";
import { heldOutIndexes, promptsInCommon } from "#main/core/examples/hold-out.ts";
import { recordNumbers } from "#main/core/examples/record-numbers.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import type { Alarm } from "../../training/alarms.ts";
import type { StageExamples } from "./stage-examples.ts";

export type DivisionOptions = ExampleOptions & Pick<SftStage, "eval_steps" | "test_size">;

export type DividedExamples = {
  readonly learned: readonly Example[];
  /** Empty where nothing is measured. */
  readonly measured: readonly Example[];
  /** What was cut or left out, in sentences. */
  readonly notes: readonly string[];
  /** Where examples of eval_data are learned from, too. */
  readonly alarm: Alarm | null;
};

/**
 * What eval_data has is measured on, else a share of the data.
 * @param seed of the share
 * @throws AppError BAD_INPUT where a side has no example, or some cannot be trained on
 */
export function divideExamples(
  tokenizer: Tokenizer,
  { learned, measured }: StageExamples,
  options: DivisionOptions,
  seed: number,
): DividedExamples {
  if (learned.length === 0) {
    throw new AppError(
      "BAD_INPUT",
      "There is no example to train on: the dataset is empty.",
      "Choose a dataset with examples, or look at the stage that made it.",
    );
  }
  const encoded = encodeExamples(tokenizer, learned, options);
  const notes = notesOf(encoded, learned.length, options);
  if (encoded.examples.length === 0) {
    throw new AppError(
      "BAD_INPUT",
      `None of ${learned.length} examples is left to train on. ${notes[0] ?? ""}`.trimEnd(),
      "Raise max_length, or check the stage that made the data.",
    );
  }
  if (options.eval_steps === undefined)
    return { learned: encoded.examples, measured: [], notes, alarm: null };
  if (measured !== null) {
    const own = encodeExamples(tokenizer, measured, options);
    const sides = { learned: encoded.examples, measured: own.examples };
    requireBothSides(sides, "max_length");
    const ofOwn = notesOf(own, measured.length, options).map((note) => `eval_data: ${note}`);
    return { ...sides, notes: [...notes, ...ofOwn], alarm: overlapAlarm(learned, measured) };
  }
  const held = new Set(heldOutIndexes(learned, options.test_size, seed));
  const side = (isHeld: boolean): Example[] =>
    encoded.examples.filter((_, i) => held.has(encoded.sources[i] ?? -1) === isHeld);
  const sides = { learned: side(false), measured: side(true) };
  requireBothSides(sides, "max_length or test_size");
  return { ...sides, notes, alarm: null };
}

function notesOf(
  encoded: EncodedExamples,
  total: number,
  options: ExampleOptions,
): readonly string[] {
  const overlong = overlongMessage(encoded, total, options);
  const doubts = encoded.doubts.map((doubt) =>
    `${doubt.message} (${recordNumbers(doubt)}) ${doubt.advice ?? ""}`.trim(),
  );
  return [...(overlong === null ? [] : [overlong]), ...doubts];
}

/** @throws AppError BAD_INPUT where cutting left a side without an example */
function requireBothSides(
  { learned, measured }: Pick<DividedExamples, "learned" | "measured">,
  raised: string,
): void {
  if (learned.length > 0 && measured.length > 0) return;
  throw new AppError(
    "BAD_INPUT",
    `Of the examples that fit max_length, ${learned.length} are there to learn from and ${measured.length} are held out.`,
    `Raise ${raised}, or leave eval_steps out.`,
  );
}

function overlapAlarm(
  learned: readonly Conversation[],
  measured: readonly Conversation[],
): Alarm | null {
  const shared = promptsInCommon(learned, measured);
  if (shared === 0) return null;
  return {
    code: "train-test-overlap",
    level: "warning",
    message: `The prompts of ${shared} of ${measured.length} examples that the stage is measured on are among those that it learns from. eval_loss measures memory there.`,
    advice: "Leave eval_data out: a share of the data is held out then, prompt by prompt.",
  };
}
