/** What each token of a completion says, for the services: they do not import the engine. */
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
const KEPT = 3;
const loaded = new Map<string, Tokenizer>();

function tokenizerOf(folder: string): Tokenizer {
  const held = loaded.get(folder) ?? loadTokenizer(folder);
  loaded.delete(folder);
  loaded.set(folder, held);
  for (const [oldest] of loaded) {
    if (loaded.size <= KEPT) break;
    loaded.delete(oldest);
  }
  return held;
}

/** Throws AppError (NOT_FOUND, BAD_TOKENIZER) where the folder has no tokenizer that can be used. */
export function tokenTexts(folder: string, ids: readonly number[]): TokenTexts {
  const tokenizer = tokenizerOf(folder);
  const decoder = new IncrementalDecoder(tokenizer);
  const texts = ids.map((id) => decoder.push(id));
  const rest = decoder.end();
  if (rest !== "" && texts.length > 0) texts[texts.length - 1] += rest;
  return { texts, hidden: ids.map((id) => tokenizer.isSpecial(id)) };
}
