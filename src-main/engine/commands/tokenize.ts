/** `model tokenize`: texts to ids and back. Needs no runtime. */
import { z } from "zod";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { readJsonl } from "./read-jsonl.ts";

export type TokenizeOptions = {
  readonly model: string;
  readonly input: string;
  readonly out: string;
};

/** Reads JSONL of `{"text"}` and writes `{"ids", "decoded"}` in the same order. */
export function runTokenize(options: TokenizeOptions): void {
  const texts = readJsonl(
    options.input,
    z.strictObject({ text: z.string() }),
    'Each line is {"text": "…"}.',
  );
  const tokenizer = loadTokenizer(options.model);
  const lines = texts.map(({ text }) => {
    const ids = tokenizer.encode(text);
    return JSON.stringify({ ids, decoded: tokenizer.decode(ids, { skipSpecialTokens: false }) });
  });
  writeTextAtomically(options.out, lines.map((line) => `${line}\n`).join(""));
}
