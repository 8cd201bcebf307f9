/** Attention in pieces: how many queries of a sequence are scored at once. */
/** Queries of a piece; sequences up to this length are one piece, whose weights the backward pass keeps. */
export const PIECE_TOKENS = 256;

/** However long a sequence is: each piece is a part of the program. */
export const MOST_PIECES = 32;

export type Piece = { readonly first: number; readonly count: number };

/** Queries of each piece of a sequence. */
export function attentionPieces(tokens: number): Piece[] {
  const size = Math.max(PIECE_TOKENS, Math.ceil(tokens / MOST_PIECES));
  return Array.from({ length: Math.ceil(tokens / size) }, (_, i) => ({
    first: i * size,
    count: Math.min(size, tokens - i * size),
  }));
}
