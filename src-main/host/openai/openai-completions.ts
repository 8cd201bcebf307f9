/** Answers of /v1/completions and /v1/chat/completions, whole or as a stream of server-sent events. */
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type {
  CompletionPiece,
  FinishReason,
  InferenceEvent,
  InferenceOptions,
  InferencePrompt,
  PromptPiece,
} from "#shared/schema/inference.ts";
import {
  charactersOf,
  chatChunk,
  chatJson,
  completionJson,
  textOf,
  usageJson,
} from "./openai-answer.ts";
import type { AnswerHead, TextChoice, Usage } from "./openai-answer.ts";
import { endJson, EventStream } from "./openai-sender.ts";
import { chatInput, completionInputs } from "./openai-request.ts";
import type { InferenceInput, ChatRequest, CompletionRequest } from "./openai-request.ts";

export type Ask = (
  prompt: InferencePrompt,
  options: InferenceOptions,
) => AsyncIterable<InferenceEvent>;

/** Of one request: enough to keep a model's rows busy, and not so many that other requests wait behind them. */
const COMPLETIONS_AT_ONCE = 256;

export type AnswerOptions = {
  /** Where the request names none. */
  readonly seed: number;
  readonly response: ServerResponse;
};

export async function answerChat(
  request: ChatRequest,
  ask: Ask,
  { seed, response }: AnswerOptions,
): Promise<void> {
  const asked = chatInput(request, seed);
  const head = headOf("chatcmpl", request.model);
  const logprobs = request.logprobs === true;
  if (request.stream !== true) {
    const { choices, usage } = await collect(ask, [asked]);
    endJson(response, chatJson(head, choices, usage, logprobs));
    return;
  }
  const stream = new EventStream(response);
  const begun = new Set<number>();
  const usage = await follow(ask, [asked], {
    choice: (choice) => {
      const first = !begun.has(choice.index);
      begun.add(choice.index);
      stream.send(chatChunk(head, choice, { first, logprobs }));
    },
  });
  if (request.stream_options?.include_usage === true) {
    const object = "chat.completion.chunk";
    stream.send({ ...head, object, choices: [], usage: usageJson(usage) });
  }
  stream.end();
}

export async function answerCompletion(
  request: CompletionRequest,
  ask: Ask,
  { seed, response }: AnswerOptions,
): Promise<void> {
  const asked = completionInputs(request, seed);
  const head = headOf("cmpl", request.model);
  const logprobs = request.logprobs !== undefined && request.logprobs !== null;
  if (request.stream !== true) {
    const { choices, usage } = await collect(ask, asked);
    endJson(response, completionJson(head, choices, usage, logprobs));
    return;
  }
  const stream = new EventStream(response);
  const sent = new Map<number, number>();
  const usage = await follow(ask, asked, {
    choice: (part) => {
      const offset = sent.get(part.index) ?? 0;
      sent.set(part.index, offset + charactersOf(textOf([...part.echo, ...part.pieces])));
      stream.send(completionJson(head, [{ ...part, offset }], null, logprobs));
    },
  });
  if (request.stream_options?.include_usage === true) {
    stream.send({ ...head, object: "text_completion", choices: [], usage: usageJson(usage) });
  }
  stream.end();
}

/** Every choice whole: those of the first prompt, then those of the second … */
async function collect(
  ask: Ask,
  asked: readonly InferenceInput[],
): Promise<{ choices: TextChoice[]; usage: Usage }> {
  const pieces = new Map<number, CompletionPiece[]>();
  const echoes = new Map<number, readonly PromptPiece[]>();
  const reasons = new Map<number, FinishReason>();
  const usage = await follow(ask, asked, {
    choice: (part) => {
      const own = pieces.get(part.index) ?? [];
      own.push(...part.pieces);
      pieces.set(part.index, own);
      if (part.echo.length > 0) echoes.set(part.index, part.echo);
      if (part.reason !== null) reasons.set(part.index, part.reason);
    },
  });
  const choices = [...pieces.keys()]
    .sort((a, b) => a - b)
    .map((index): TextChoice => ({
      index,
      pieces: pieces.get(index) ?? [],
      echo: echoes.get(index) ?? [],
      reason: reasons.get(index) ?? "length",
      offset: 0,
    }));
  return { choices, usage };
}

/** Hands out each part of a choice as it comes, and counts. */
async function follow(
  ask: Ask,
  asked: readonly InferenceInput[],
  sink: { readonly choice: (part: TextChoice) => void },
): Promise<Usage> {
  const usage = { promptTokens: 0, completionTokens: 0 };
  const waiting = asked.entries();
  const followNext = async (): Promise<void> => {
    for (const [position, { prompt, options }] of waiting) {
      const place = (index: number): number => position * options.n + index;
      const all = Array.from({ length: options.n }, (_, index) => place(index));
      const part = (index: number, more: Partial<TextChoice>): void => {
        sink.choice({ index, pieces: [], echo: [], reason: null, offset: 0, ...more });
      };
      for await (const event of ask(prompt, options)) {
        if (event.type === "begun") usage.promptTokens += event.promptTokens;
        else if (event.type === "prompt") {
          for (const index of all) part(index, { echo: event.pieces });
        } else if (event.type === "pieces") part(place(event.index), { pieces: event.pieces });
        else {
          usage.completionTokens += event.tokens;
          part(place(event.index), { reason: event.reason });
        }
      }
      // Nothing was sampled: what was asked was the prompt's own scores.
      if (options.max_tokens === 0) for (const index of all) part(index, { reason: "length" });
    }
  };
  const atOnce = Math.max(2, Math.ceil(COMPLETIONS_AT_ONCE / (asked[0]?.options.n ?? 1)));
  await Promise.all(Array.from({ length: Math.min(atOnce, asked.length) }, followNext));
  return usage;
}

function headOf(kind: string, model: string): AnswerHead {
  return { id: `${kind}-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model };
}
