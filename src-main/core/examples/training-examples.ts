/**
 * Conversations as examples to train on, each through the model's own chat template, and what is wrong with those that
 * cannot be. One function for the check before a start and for the stage's own, so that both say the same.
 */
import { AppError } from "#shared/errors.ts";
import { UntrainableTemplate } from "../text/templates/assistant-mask.ts";
import type { MaskedChat } from "../text/templates/assistant-mask.ts";
import { encodeWithLossMask } from "../text/templates/loss-mask.ts";
import type { Learned } from "../text/templates/loss-mask.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import type { Conversation } from "./conversation-lines.ts";
import { recordNumbers } from "./record-numbers.ts";

/** So many numbers of records are named. */
const NAMED = 5;

export type ExampleFault = "unreadable" | "refused" | "rewrites" | "cuts" | "left-out";

/** One reason why examples cannot be trained on (or not whole: `left-out`), with the first of them. */
export interface FaultyExamples {
  readonly fault: ExampleFault;
  /** The first one's own words. */
  readonly message: string;
  readonly advice: string | null;
  readonly count: number;
  /** Numbers of the first ones, from 1. */
  readonly first: readonly number[];
}

export class ExampleTally {
  readonly #tokenizer: Tokenizer;
  readonly #learned: Learned;
  readonly #faults = new Map<
    string,
    { -readonly [K in keyof FaultyExamples]: FaultyExamples[K] }
  >();
  #examples = 0;
  #refused = 0;

  constructor(tokenizer: Tokenizer, learned: Learned = "assistant") {
    this.#tokenizer = tokenizer;
    this.#learned = learned;
  }

  /** Counts what could be refused so far. */
  get examples(): number {
    return this.#examples;
  }

  get faults(): FaultyExamples[] {
    return [...this.#faults.values()].sort((a, b) => b.count - a.count);
  }

  get refused(): number {
    return this.#refused;
  }

  /** The example, or undefined where it cannot be trained on. @param conversation reads it: an AppError is its fault */
  add(number: number, conversation: () => Conversation): MaskedChat | undefined {
    this.#examples += 1;
    let read = false;
    try {
      const messages = conversation();
      read = true;
      const example = encodeWithLossMask(this.#tokenizer, messages, this.#learned);
      for (const role of leftOutRoles(messages, example)) {
        // Earlier answers are only read where the last one alone is learned from, as the template writes them.
        const isRead = role === "assistant" && this.#learned !== "assistant";
        if (!isRead) this.#note("left-out", number, leftOut(role));
      }
      return example;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#refused += 1;
      const fault = error instanceof UntrainableTemplate ? error.kind : "refused";
      this.#note(read ? fault : "unreadable", number, error);
      return undefined;
    }
  }

  #note(
    fault: ExampleFault,
    number: number,
    { message, advice }: { readonly message: string; readonly advice?: string | undefined },
  ): void {
    // One reason, whatever the numbers in it.
    const key = `${fault} ${message.replace(/\d+/gu, "0")}`;
    const known = this.#faults.get(key);
    if (known === undefined) {
      this.#faults.set(key, { fault, message, advice: advice ?? null, count: 1, first: [number] });
      return;
    }
    known.count += 1;
    if (known.first.length < NAMED) known.first = [...known.first, number];
  }
}

function leftOutRoles(messages: Conversation, { leftOut: indexes }: MaskedChat): Set<string> {
  return new Set(indexes.map((index) => messages[index]?.role ?? ""));
}

function leftOut(role: string): { message: string; advice: string } {
  return {
    message: `The chat template leaves out text of the role "${role}".`,
    advice: "Look at its chat_template.jinja: what it leaves out is not learned from.",
  };
}

/** @throws AppError with every reason, where an example cannot be trained on */
export function requireExamples(tally: ExampleTally): void {
  if (tally.refused === 0) return;
  const faults = tally.faults.filter(({ fault }) => fault !== "left-out");
  throw new AppError(
    "BAD_INPUT",
    `${tally.refused} of ${tally.examples} examples cannot be trained on: ${faults.map((fault) => `${recordNumbers(fault)}: ${fault.message}`).join(" ")}`,
    faults[0]?.advice ?? undefined,
  );
}
