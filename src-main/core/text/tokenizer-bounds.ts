/**
 * What a tokenizer.json could do to whoever runs it: patterns that never end, replacements that fill the memory.
 * Patterns of models that are in use are known to be harmless; with any other, the work is done within a time.
 */
import { AppError } from "#shared/errors.ts";
import { KNOWN_PATTERNS } from "../formats/gguf/gguf-pre-tokenizers.ts";
import { OutOfTime, withinTime } from "./bounded-work.ts";
import type { TokenizerJson } from "./tokenizer-files.ts";

/** How much longer a text may become, by all replacements together. */
const MAX_GROWTH = 1024;
const LIMIT_MS = 1500;

const HARMLESS: ReadonlySet<string> = new Set([...KNOWN_PATTERNS, "\\p{N}", "\\p{N}+", " ", "▁"]);

/**
 * Checks a description before it is used. @returns whether it has patterns that are not known to be harmless
 * @throws RangeError for replacements that make a text much longer
 */
export function needsGuard(tokenizer: TokenizerJson): boolean {
  const found = { patterns: new Set<string>(), growth: 1 };
  for (const part of [tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder]) {
    inspect(part, found);
  }
  if (found.growth > MAX_GROWTH) {
    throw new RangeError("its replacements make a text more than a thousand times as long");
  }
  return [...found.patterns].some((pattern) => !HARMLESS.has(pattern));
}

function inspect(value: unknown, found: { patterns: Set<string>; growth: number }): void {
  if (Array.isArray(value)) for (const item of value) inspect(item, found);
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    if (key === "Regex" && typeof part === "string") found.patterns.add(part);
    else if (["content", "prepend", "replacement"].includes(key) && typeof part === "string") {
      found.growth *= Math.max(1, part.length);
    } else inspect(part, found);
  }
}

/** @throws AppError BAD_TOKENIZER where the work does not end in time */
export function guarded<T>(folder: string, work: () => T): T {
  try {
    return withinTime(LIMIT_MS, work);
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
    throw new AppError(
      "BAD_TOKENIZER",
      `The tokenizer in ${folder} did not come to an end with a text: ${error.message}.`,
      "Its patterns are not those of a model that Gradus knows. Give shorter texts, or do not use this model.",
      { cause: error },
    );
  }
}
