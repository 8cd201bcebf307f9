/** Prompts of a stage as its model reads them. */
import { z } from "zod";
import { RecipeFinding } from "./recipe-draft.ts";

export const PromptPart = z.strictObject({
  text: z.string(),
  /** Whose turn the text is; null for what the template writes around it. */
  role: z.string().nullable(),
});
export type PromptPart = z.infer<typeof PromptPart>;

export const RenderedPrompt = z.strictObject({
  /** Of the problem. */
  id: z.string(),
  /** The task or the problem set. */
  source: z.string(),
  tokens: z.int(),
  /** Of them, those that hold nothing of the conversation; null where that cannot be told. */
  templateTokens: z.int().nullable(),
  /** Together the whole text, in order. */
  parts: z.array(PromptPart),
});
export type RenderedPrompt = z.infer<typeof RenderedPrompt>;

export const RenderedPrompts = z.strictObject({
  /** Empty where the stage asks no problems, or something is wrong. */
  prompts: z.array(RenderedPrompt),
  /** What keeps them from being written, where it is to be mended. */
  problems: z.array(RecipeFinding),
});
export type RenderedPrompts = z.infer<typeof RenderedPrompts>;
