/** The token that a stage names as the end of an answer. */
import { AppError } from "#shared/errors.ts";
import { loadTokenizer } from "./tokenizer.ts";

/** @throws AppError BAD_RECIPE where the tokenizer in `folder` has no such token */
export function endTokenId(folder: string, token: string): number {
  const id = loadTokenizer(folder).idOf(token);
  if (id === undefined)
    throw new AppError(
      "BAD_RECIPE",
      `eos_token: the tokenizer in ${folder} has no token ${token}.`,
      "Write one that it has, or leave eos_token out.",
    );
  return id;
}
