/** The text of each token of a completion. */
import { LRUCache } from "lru-cache";
import { IncrementalDecoder } from "./incremental-decode.ts";
import { loadTokenizer } from "./tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";

export interface TokenTexts {
  /** They add up to the decoded text; a character that takes several tokens stands with the last of them. */
  readonly texts: string[];
  /** Special tokens, which the completion's own text leaves out. */
  readonly hidden: boolean[];
}

/** Large vocabularies take a second to read: the last few stay. */
const tokenizers = new LRUCache<string, Tokenizer>({ max: 3, memoMethod: loadTokenizer });

/** Throws AppError (NOT_FOUND, BAD_TOKENIZER) where the folder has no tokenizer that can be used. */
export function tokenTexts(folder: string, ids: readonly number[]): TokenTexts {
  const tokenizer = tokenizers.memo(folder);
  const decoder = new IncrementalDecoder(tokenizer);
  const texts = ids.map((id) => decoder.push(id));
  const rest = decoder.end();
  if (rest !== "" && texts.length > 0) texts[texts.length - 1] += rest;
  return { texts, hidden: ids.map((id) => tokenizer.isSpecial(id)) };
}
