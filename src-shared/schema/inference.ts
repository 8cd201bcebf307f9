/** Asking a model for completions, and what comes back while it writes. */
import { z } from "zod";

export const ChatTurn = z.strictObject({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string().max(1_000_000),
});
export type ChatTurn = z.infer<typeof ChatTurn>;

/** A text that has a UTF-8 form: no half of a character that UTF-16 writes in two. */
function wellFormed(text: z.ZodString): z.ZodString {
  return text.refine(
    (value) => value.isWellFormed(),
    "it holds half of a character (a lone surrogate)",
  );
}

/** A conversation by the model's chat template. */
export const ChatPrompt = z.strictObject({
  messages: z
    .array(ChatTurn.extend({ content: wellFormed(ChatTurn.shape.content) }))
    .min(1)
    .max(1000),
});
/** A text as it is. */
export const TextPrompt = z.strictObject({ text: wellFormed(z.string().max(4_000_000)) });
export const IdsPrompt = z.strictObject({ ids: z.array(z.int().min(0)).min(1).max(1_000_000) });

export const InferencePrompt = z.union([ChatPrompt, TextPrompt, IdsPrompt]);
export type InferencePrompt = z.infer<typeof InferencePrompt>;

/** The highest seed: larger ones lose bits on their way through JSON and 32-bit hashes. */
export const MAX_SEED = 2 ** 31 - 1;

export const InferenceOptions = z.strictObject({
  temperature: z.number().min(0).max(100).default(1),
  top_p: z.number().gt(0).max(1).default(1),
  /** 0 turns it off. */
  top_k: z.int().min(0).default(0),
  min_p: z.number().min(0).max(1).default(0),
  repetition_penalty: z.number().positive().max(100).default(1),
  /** null: up to the end of the context, but no more than 1,024. */
  max_tokens: z.int().min(0).max(1_000_000).nullable().default(null),
  /**
   * The same seed, prompt and options draw with the same noise. The last digits of a log-probability depend on how many
   * rows decode together, so a completion that hangs on them may differ when other requests run.
   */
  seed: z.int().min(0).max(MAX_SEED).default(0),
  n: z.int().min(1).max(128).default(1),
  /** The completion ends before the first of these. */
  stop: z
    .array(wellFormed(z.string().min(1).max(1000)))
    .max(16)
    .default([]),
  /** Most probable tokens given beside each token. */
  alternatives: z.int().min(0).max(20).default(0),
  /** Whether the prompt's own tokens are scored. */
  score_prompt: z.boolean().default(false),
});
export type InferenceOptions = z.infer<typeof InferenceOptions>;

const bytes = z.array(z.int().min(0).max(255));
const Alternative = z.strictObject({ id: z.int(), token: z.string(), bytes, logprob: z.number() });

/** One token: what it adds to the text and the model's own log-probability (temperature 1, no filter, no penalty). */
export const CompletionPiece = z.strictObject({
  id: z.int(),
  /** The token by itself; special tokens are spelled out. */
  token: z.string(),
  /** The texts of all pieces are the completion's text. */
  text: z.string(),
  /** Its share of the text's UTF-8 bytes, also where it is a part of a character. */
  bytes,
  logprob: z.number(),
  top: z.array(Alternative).nullable(),
});
export type CompletionPiece = z.infer<typeof CompletionPiece>;

/** A token of the prompt; the first has nothing before it. */
export const PromptPiece = z.strictObject({
  id: z.int(),
  token: z.string(),
  /** The texts of all pieces are the prompt's text; "" for what the tokenizer puts around it. */
  text: z.string(),
  bytes,
  logprob: z.number().nullable(),
  top: z.array(Alternative).nullable(),
});
export type PromptPiece = z.infer<typeof PromptPiece>;

/** Of one completion, where it was sampled. */
export const Measured = z.strictObject({
  /** Sampled tokens, the stop token included. */
  tokens: z.int(),
  /** From the request to the first tokens; the prompt's own pass included, loading the model not. */
  firstTokenMs: z.number(),
  /** From the end of the prompt's pass to the last token: tokens ÷ this is the rate. */
  decodeMs: z.number(),
});

export const FinishReason = z.enum(["stop", "length"]);
export type FinishReason = z.infer<typeof FinishReason>;

/** What a request hears, in this order: begun, prompt (where it was to be scored), pieces …, one finished a completion. */
export const InferenceEvent = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("begun"), promptTokens: z.int() }),
  z.strictObject({ type: z.literal("prompt"), pieces: z.array(PromptPiece) }),
  z.strictObject({ type: z.literal("pieces"), index: z.int(), pieces: z.array(CompletionPiece) }),
  z.strictObject({
    type: z.literal("finished"),
    index: z.int(),
    reason: FinishReason,
    ...Measured.shape,
  }),
]);
export type InferenceEvent = z.infer<typeof InferenceEvent>;

/** A model that is held in memory. */
export const LoadedModel = z.strictObject({
  path: z.string(),
  pid: z.int().nullable(),
  state: z.enum(["loading", "idle", "busy"]),
  rssBytes: z.number(),
  requests: z.int(),
  /** Of the loading, until the first request could begin. */
  loadMs: z.number().nullable(),
  runtime: z.string().nullable(),
});
export type LoadedModel = z.infer<typeof LoadedModel>;
