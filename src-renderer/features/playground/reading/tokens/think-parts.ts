/** The reasoning and the answer of a completion, by its tags. Pure. */

export type ThinkParts<Piece> = {
  /** Pieces from the start to </think>, tags included; empty where there is no reasoning. */
  readonly reasoning: readonly Piece[];
  readonly rest: readonly Piece[];
};

const OPEN = "<think>";
const CLOSE = "</think>";

/**
 * Reasoning is what stands before </think>, with or without <think> (some templates write it into the prompt); while
 * it is not closed, everything after a leading <think>.
 */
export function thinkParts<Piece extends { readonly text: string }>(
  pieces: readonly Piece[],
): ThinkParts<Piece> {
  const text = pieces.map((piece) => piece.text).join("");
  const close = text.indexOf(CLOSE);
  const isOpen = text.trimStart().startsWith(OPEN);
  if (close < 0 && !isOpen) return { reasoning: [], rest: pieces };
  const end = close < 0 ? text.length : close + CLOSE.length;
  let at = 0;
  const count = pieces.findIndex((piece) => {
    if (at >= end) return true;
    at += piece.text.length;
    return false;
  });
  const border = count < 0 ? pieces.length : count;
  return { reasoning: pieces.slice(0, border), rest: pieces.slice(border) };
}
