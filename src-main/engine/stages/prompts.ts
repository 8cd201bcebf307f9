/** Problems as prompts, completions as text: the border between tasks and token ids. */
import { encodeChat } from "#main/core/text/templates/chat-template.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import type { Completion } from "../sampling/cache-row.ts";

/** The ids of a user's message and the opening of the assistant's turn. */
export function promptIds(tokenizer: Tokenizer, problem: { readonly prompt: string }): number[] {
  return encodeChat(tokenizer, [{ role: "user", content: problem.prompt }], {
    addGenerationPrompt: true,
  });
}

/** The completion's text as the rewards see it: without its stop token, other special tokens kept. */
export function completionText(tokenizer: Tokenizer, completion: Completion): string {
  const ids = completion.finishReason === "stop" ? completion.ids.slice(0, -1) : completion.ids;
  return tokenizer.decode(ids, { skipSpecialTokens: false });
}
