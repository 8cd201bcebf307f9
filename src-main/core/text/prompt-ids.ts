/** A problem as a prompt: the ids that a model goes on from. */
import { encodeChat } from "./templates/chat-template.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** The ids of a user's message and the opening of the assistant's turn. */
export function promptIds(tokenizer: Tokenizer, problem: { readonly prompt: string }): number[] {
  return encodeChat(tokenizer, [{ role: "user", content: problem.prompt }], {
    addGenerationPrompt: true,
  });
}
