/** Completions as the text that rewards see. */
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import type { Completion } from "../../sampling/cache-row.ts";

/** The completion's text as the rewards see it: without its stop token, other special tokens kept. */
export function completionText(
  tokenizer: Tokenizer,
  completion: Pick<Completion, "ids" | "finishReason">,
): string {
  const ids = completion.finishReason === "stop" ? completion.ids.slice(0, -1) : completion.ids;
  return tokenizer.decode(ids, { skipSpecialTokens: false });
}
