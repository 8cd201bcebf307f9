/** Messages between the host and a process that serves a model. */
import { z } from "zod";
import { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import {
  CompletionPiece,
  FinishReason,
  InferenceOptions,
  InferencePrompt,
  Measured,
  PromptPiece,
} from "#shared/schema/inference.ts";
import { Failure } from "../failure.ts";

const id = z.int();

export const InferenceRequest = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("load"),
    model: z.string(),
    runtime: RuntimeChoice,
  }),
  z.strictObject({
    type: z.literal("complete"),
    id,
    prompt: InferencePrompt,
    options: InferenceOptions,
  }),
  z.strictObject({ type: z.literal("cancel"), id }),
]);
export type InferenceRequest = z.infer<typeof InferenceRequest>;

export const InferenceMessage = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("loaded"),
    runtime: z.string(),
    warnings: z.array(z.string()),
    contextTokens: z.int(),
    rssBytes: z.number(),
  }),
  /** The model could not be loaded, or the process met a bug; it ends. */
  z.strictObject({ type: z.literal("unloadable"), ...Failure.shape }),
  z.strictObject({ type: z.literal("begun"), id, promptTokens: z.int() }),
  z.strictObject({ type: z.literal("prompt"), id, pieces: z.array(PromptPiece) }),
  z.strictObject({
    type: z.literal("pieces"),
    id,
    index: z.int(),
    pieces: z.array(CompletionPiece),
  }),
  z.strictObject({
    type: z.literal("finished"),
    id,
    index: z.int(),
    reason: FinishReason,
    ...Measured.shape,
  }),
  /** Nothing follows for this request. */
  z.strictObject({ type: z.literal("done"), id, rssBytes: z.number() }),
  z.strictObject({ type: z.literal("failed"), id, ...Failure.shape }),
]);
export type InferenceMessage = z.infer<typeof InferenceMessage>;
