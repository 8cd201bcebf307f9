/**
 * Requests in OpenAI's form, and what they ask of a model. What Gradus cannot do is refused, never ignored: options
 * that are not known, and known ones with a value that would change the answer.
 */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import {
  ChatPrompt,
  IdsPrompt,
  InferenceOptions,
  MAX_SEED,
  TextPrompt,
} from "#shared/schema/inference.ts";
import type { InferencePrompt } from "#shared/schema/inference.ts";
import { checked } from "./openai-refusal.ts";

const stop = z.union([z.string(), z.array(z.string())]).nullish();
const nothing = z.null().optional();
/** A number that must be what it is where it is left out. */
const only = <T extends number | boolean>(value: T) => z.literal(value).nullish();

const shared = {
  model: z.string().min(1),
  n: z.int().min(1).max(128).nullish(),
  seed: z.int().nullish(),
  stop,
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(100).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  max_tokens: z.int().min(0).max(1_000_000).nullish(),
  // Not OpenAI's, but what vLLM and llama.cpp call them.
  top_k: z.int().min(-1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().positive().max(100).nullish(),
  // Names who asks; it has no part in the answer.
  user: z.string().nullish(),
  frequency_penalty: only(0),
  presence_penalty: only(0),
  logit_bias: z.record(z.string(), z.never()).nullish(),
};

export const CompletionRequest = z.strictObject({
  ...shared,
  prompt: z.union([
    z.string(),
    z.array(z.string()).min(1).max(2048),
    z.array(z.int().min(0)).min(1),
    z
      .array(z.array(z.int().min(0)).min(1))
      .min(1)
      .max(2048),
  ]),
  logprobs: z.int().min(0).max(20).nullish(),
  echo: z.boolean().nullish(),
  best_of: z.int().nullish(),
  suffix: nothing,
});
export type CompletionRequest = z.infer<typeof CompletionRequest>;

const textParts = z.array(z.strictObject({ type: z.literal("text"), text: z.string() }));

export const ChatRequest = z.strictObject({
  ...shared,
  messages: z
    .array(
      z.strictObject({
        role: z.enum(["system", "developer", "user", "assistant"]),
        content: z.union([z.string(), textParts]),
        name: z.string().nullish(),
      }),
    )
    .min(1),
  max_completion_tokens: z.int().min(1).max(1_000_000).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: z.strictObject({ type: z.literal("text") }).nullish(),
  tools: z.array(z.never()).nullish(),
  store: only(false),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

/** One completion to be made: `options.n` choices of one prompt. */
export type InferenceInput = {
  readonly prompt: InferencePrompt;
  readonly options: InferenceOptions;
};

const DEFAULT_COMPLETION_TOKENS = 16;

/** @throws AppError BAD_INPUT, Refusal */
export function chatInput(request: ChatRequest, randomSeed: number): InferenceInput {
  if (request.logprobs !== true && (request.top_logprobs ?? 0) > 0) {
    throw bad("top_logprobs needs logprobs to be true.");
  }
  const messages = request.messages.map(({ role, content }) => ({
    role: role === "developer" ? "system" : role,
    content: typeof content === "string" ? content : content.map(({ text }) => text).join(""),
  }));
  return {
    prompt: checked(ChatPrompt, { messages }),
    options: checked(InferenceOptions, {
      ...optionsOf(request, randomSeed),
      max_tokens: request.max_completion_tokens ?? request.max_tokens ?? null,
      alternatives: request.top_logprobs ?? 0,
    }),
  };
}

/** One for each prompt. @throws AppError BAD_INPUT, Refusal */
export function completionInputs(request: CompletionRequest, randomSeed: number): InferenceInput[] {
  const n = request.n ?? 1;
  if (request.best_of !== undefined && request.best_of !== null && request.best_of !== n) {
    throw bad("best_of other than n is not supported.");
  }
  const options = checked(InferenceOptions, {
    ...optionsOf(request, randomSeed),
    max_tokens: request.max_tokens ?? DEFAULT_COMPLETION_TOKENS,
    alternatives: request.logprobs ?? 0,
    score_prompt: request.echo === true,
  });
  return promptsOf(request.prompt).map((prompt) => ({ prompt, options }));
}

function promptsOf(prompt: CompletionRequest["prompt"]): InferencePrompt[] {
  if (typeof prompt === "string") return [textPrompt(prompt)];
  const ids: number[] = [];
  const prompts: InferencePrompt[] = [];
  for (const item of prompt) {
    if (typeof item === "number") ids.push(item);
    else prompts.push(typeof item === "string" ? textPrompt(item) : idsPrompt(item));
  }
  return ids.length > 0 ? [idsPrompt(ids)] : prompts;
}

// Under the name that the request has for it.
function textPrompt(prompt: string): InferencePrompt {
  return { text: checked(z.object({ prompt: TextPrompt.shape.text }), { prompt }).prompt };
}

function idsPrompt(prompt: readonly number[]): InferencePrompt {
  return { ids: checked(z.object({ prompt: IdsPrompt.shape.ids }), { prompt }).prompt };
}

function optionsOf(
  request: CompletionRequest | ChatRequest,
  randomSeed: number,
): Partial<InferenceOptions> {
  const stops = request.stop ?? [];
  // top_p 0 is OpenAI's other way to say greedy.
  const greedy = request.top_p === 0;
  return {
    temperature: greedy ? 0 : (request.temperature ?? 1),
    top_p: greedy ? 1 : (request.top_p ?? 1),
    top_k: Math.max(0, request.top_k ?? 0),
    min_p: request.min_p ?? 0,
    repetition_penalty: request.repetition_penalty ?? 1,
    n: request.n ?? 1,
    seed: request.seed === undefined || request.seed === null ? randomSeed : seedOf(request.seed),
    stop: (typeof stops === "string" ? [stops] : stops).filter((text) => text !== ""),
  };
}

/** Any whole number as a seed of ours. */
function seedOf(seed: number): number {
  return Math.abs(seed) % (MAX_SEED + 1);
}

function bad(message: string): AppError {
  return new AppError("BAD_INPUT", message);
}
