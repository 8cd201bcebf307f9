/** Tokenizers of model folders, kept while their files stay the same: reading a large vocabulary takes a second, checks come with every edit. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import { loadTokenizer } from "./tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";

const KEPT = 50;
const tokenizers = new LRUCache<string, Tokenizer>({ max: KEPT });

/** Throws BAD_TOKENIZER. */
export function keptTokenizer(folder: string): Tokenizer {
  const key = `${folder} ${tokenizerStamp(folder)}`;
  const known = tokenizers.get(key);
  if (known !== undefined) return known;
  const tokenizer = loadTokenizer(folder);
  tokenizers.set(key, tokenizer);
  return tokenizer;
}

/** Changes when one of the files is written. */
export function tokenizerStamp(folder: string): string {
  return ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"]
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0)
    .join(" ");
}
