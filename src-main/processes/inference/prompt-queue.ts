/**
 * Prompts on their way to a model: made into token ids one after the other, the shortest first, with room between
 * them for what decodes. A long one is counted in parts first: what cannot fit the context is never made whole.
 */
import { setImmediate } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type { InferencePrompt } from "#shared/schema/inference.ts";
import { encodeChat, renderChat } from "#main/core/text/templates/chat-template.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";

/** Characters that are encoded at once: some tens of milliseconds. */
const PART = 32_768;
/** Tokens that a text may save by not being cut, for each cut. */
const SAVED = 16;

export type EncodedPrompt = {
  readonly ids: readonly number[];
  /** Of the ids, those that the tokenizer put before and after the text. */
  readonly before: number;
  readonly after: number;
};

export type PromptTaker = {
  /** Throws what is wrong with it. */
  taken(encoded: EncodedPrompt): void;
  failed(error: unknown): void;
};

type Waiting = {
  readonly prompt: InferencePrompt;
  readonly characters: number;
  readonly taker: PromptTaker;
};

export class PromptQueue {
  readonly #tokenizer: Tokenizer;
  readonly #context: number;
  readonly #waiting = new Set<Waiting>();
  #running = false;

  /** @param context tokens that a prompt may have */
  constructor(tokenizer: Tokenizer, context: number) {
    this.#tokenizer = tokenizer;
    this.#context = context;
  }

  /** Gives the way to cancel it. */
  add(prompt: InferencePrompt, taker: PromptTaker): () => void {
    const waiting = { prompt, characters: charactersOf(prompt), taker };
    this.#waiting.add(waiting);
    if (!this.#running) void this.#run();
    return () => {
      this.#waiting.delete(waiting);
    };
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (;;) {
      const next = shortest(this.#waiting);
      if (next === undefined) break;
      try {
        const encoded = await this.#encode(next.prompt, () => this.#waiting.has(next));
        if (this.#waiting.delete(next) && encoded !== undefined) next.taker.taken(encoded);
      } catch (error) {
        this.#waiting.delete(next);
        next.taker.failed(error);
      }
      await setImmediate();
    }
    this.#running = false;
  }

  /** Undefined where it is not wanted any more. */
  async #encode(
    prompt: InferencePrompt,
    isWanted: () => boolean,
  ): Promise<EncodedPrompt | undefined> {
    if ("ids" in prompt) return { ids: prompt.ids, before: 0, after: 0 };
    if ("messages" in prompt) {
      const { messages } = prompt;
      const options = { addGenerationPrompt: true };
      const text = renderChat(this.#tokenizer, messages, options);
      if (!(await this.#mayFit(text, isWanted))) return undefined;
      return { ids: encodeChat(this.#tokenizer, messages, options), before: 0, after: 0 };
    }
    const { text } = prompt;
    if (!(await this.#mayFit(text, isWanted))) return undefined;
    const ids = this.#tokenizer.encode(text);
    return { ids, ...this.#around(text, ids) };
  }

  /** False where nobody wants it any more. @throws AppError PROMPT_TOO_LONG */
  async #mayFit(text: string, isWanted: () => boolean): Promise<boolean> {
    if (text.length <= PART) return true;
    let tokens = 0;
    for (let at = 0; at < text.length; at += PART) {
      tokens += this.#tokenizer.encode(text.slice(at, at + PART)).length - SAVED;
      if (tokens > this.#context) {
        throw new AppError(
          "PROMPT_TOO_LONG",
          `A prompt of ${text.length} characters does not fit the model's context of ${this.#context} tokens.`,
          "Shorten the prompt.",
        );
      }
      await setImmediate();
      if (!isWanted()) return false;
    }
    return true;
  }

  #around(text: string, ids: readonly number[]): { before: number; after: number } {
    const own = this.#tokenizer.encode(text, { addSpecialTokens: false });
    const before = ids.findIndex((_, i) => own.every((id, j) => ids[i + j] === id));
    if (before < 0) return { before: 0, after: 0 };
    return { before, after: ids.length - before - own.length };
  }
}

function shortest(waiting: ReadonlySet<Waiting>): Waiting | undefined {
  let least: Waiting | undefined;
  for (const one of waiting) {
    if (least === undefined || one.characters < least.characters) least = one;
  }
  return least;
}

function charactersOf(prompt: InferencePrompt): number {
  if ("ids" in prompt) return 0;
  if ("text" in prompt) return prompt.text.length;
  return prompt.messages.reduce((sum, { content }) => sum + content.length, 0);
}
