/**
 * Which tokens of a conversation supervised training learns from, as TRL's SFTTrainer builds its labels: all of them,
 * those of the assistant (assistant_only_loss), those of the completion (completion_only_loss), or those of both.
 */
import { AppError } from "#shared/errors.ts";
import type { Tokenizer } from "../tokenizer.ts";
import { encodeWithAssistantMask } from "./assistant-mask.ts";
import type { MaskedChat } from "./assistant-mask.ts";
import { renderChat } from "./chat-template.ts";
import type { ChatMessage } from "./chat-template.ts";
import { leftOutMessages } from "./left-out-text.ts";

/**
 * assistant: what the assistant wrote, in all of its turns; last: in its last one alone; completion: everything from the
 * last answer on, what the template writes after it too; all: every token.
 */
export type Learned = "assistant" | "last" | "completion" | "all";

/** @throws AppError BAD_INPUT, BAD_TOKENIZER where what is to be learned cannot be told from the rest */
export function encodeWithLossMask(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  learned: Learned,
): MaskedChat {
  if (learned === "assistant" || learned === "last")
    return encodeWithAssistantMask(tokenizer, messages, {
      turns: learned === "last" ? "last" : "all",
    });
  if (messages.some(({ trained }) => trained === false))
    throw new AppError(
      "BAD_INPUT",
      "An answer has weight 0, and with assistant_only_loss off no answer is told from the rest.",
      "Set assistant_only_loss: true, or leave the weight out.",
    );
  const text = renderChat(tokenizer, messages);
  const ids = tokenizer.encode(text, { addSpecialTokens: false });
  const from = learned === "all" ? 0 : completionStart(tokenizer, messages, ids);
  return {
    ids,
    mask: ids.map((_, i): 0 | 1 => (i >= from ? 1 : 0)),
    leftOut: leftOutMessages(messages, text),
  };
}

/** Where prompt and prompt with completion first differ, in tokens: TRL's rule (`common_prefix_length`). */
function completionStart(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  ids: readonly number[],
): number {
  if (messages.at(-1)?.role !== "assistant")
    throw new AppError(
      "BAD_INPUT",
      "The conversation does not end with an answer, so it has no completion to learn from.",
      "Leave completion_only_loss out, or leave such conversations out.",
    );
  const prompt = tokenizer.encode(
    renderChat(tokenizer, messages.slice(0, -1), { addGenerationPrompt: true }),
    { addSpecialTokens: false },
  );
  const differs = prompt.findIndex((id, i) => id !== ids[i]);
  const start = differs === -1 ? prompt.length : differs;
  if (start >= ids.length)
    throw new AppError(
      "BAD_TOKENIZER",
      `The chat template in ${tokenizer.folder} writes nothing of the last answer.`,
      "Put a chat_template.jinja that writes it into the model's folder.",
    );
  return start;
}
