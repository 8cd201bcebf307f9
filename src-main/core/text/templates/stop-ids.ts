/** Where a completion ends: by what the model's files say, and by what its chat template writes after an answer. */
import { renderChat } from "./chat-template.ts";
import type { Tokenizer } from "../tokenizer.ts";

const ANSWER = "Paris";

/**
 * Ids that end a completion: the tokenizer's and the configs' end-of-sequence ids, and the token with which the chat
 * template ends the assistant's turn. A base model's eos is often another token than the template's: trained on the
 * template, the model learns to write that one.
 */
export function stopIds(tokenizer: Tokenizer, configured: readonly number[]): number[] {
  const turnEnd = turnEndId(tokenizer);
  return [
    ...new Set([
      ...tokenizer.eosTokenIds,
      ...configured,
      ...(turnEnd === undefined ? [] : [turnEnd]),
    ]),
  ];
}

/** The token that the template writes right after an assistant's text; undefined where that is no token of its own. */
export function turnEndId(tokenizer: Tokenizer): number | undefined {
  const text = oneAnswer(tokenizer);
  const at = text?.lastIndexOf(ANSWER) ?? -1;
  if (text === undefined || at < 0) return undefined;
  const [id] = tokenizer.encode(text.slice(at + ANSWER.length).trimStart(), {
    addSpecialTokens: false,
  });
  return id !== undefined && (tokenizer.isSpecial(id) || tokenizer.isAdded(id)) ? id : undefined;
}

/** A question and its answer by the template; undefined without a template, and for one that cannot write this. */
function oneAnswer(tokenizer: Tokenizer): string | undefined {
  if (!tokenizer.hasChatTemplate) return undefined;
  try {
    return renderChat(tokenizer, [
      { role: "user", content: "What is the capital of France?" },
      { role: "assistant", content: ANSWER },
    ]);
  } catch {
    return undefined;
  }
}
