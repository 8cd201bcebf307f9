/**
 * Cuts a text into what is shown as it stands and what is certainly a formula. A dollar is money, a name in a shell or
 * the end of a line more often than not, so that doubt leaves the text alone. Pure.
 */

export interface TextPiece {
  readonly kind: "text" | "inline" | "display";
  /** Offset in the text: a key that stays. */
  readonly start: number;
  /** As it stands in the text, delimiters included. */
  readonly source: string;
  /** What stands between the delimiters. */
  readonly tex: string;
}

/** Code first, so that nothing in it counts; then \[…\], \(…\), $$…$$ and $…$. A formula has no blank line in it. */
const CANDIDATE =
  /(?<code>```[\s\S]*?(?:```|$)|`[^`\n]*`)|\\\[(?<bracket>(?:(?!\n\s*\n|\\\]|\\\[)[\s\S]){1,4000})\\\]|\\\((?<paren>(?:(?!\n\s*\n|\\\)|\\\()[\s\S]){1,2000})\\\)|(?<![\\$\w])\$\$(?<double>(?:(?!\n\s*\n|\$)[\s\S]){1,4000})\$\$(?![\w$])|(?<![\\$\w])\$(?<single>[^\s$](?:[^$\n]{0,500}[^\s$\\])?)\$(?![\w$])/gu;

/** A command of TeX, a power or an index. */
const TEX = /\\[a-zA-Z]+|[\^_]/u;
/** Letters one by one between signs: x + 1 = 2, n, f(x). */
const SYMBOLS = /^(?=.*[a-zA-Z])(?!.*[a-zA-Z]{2})[\w\s+\-*/=<>().,|!']+$/u;

export function mathsPieces(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  const plain = (to: number): void => {
    const source = text.slice(end, to);
    if (source !== "") pieces.push({ kind: "text", start: end, source, tex: "" });
  };
  for (const match of text.matchAll(CANDIDATE)) {
    const { bracket, paren, double, single } = match.groups ?? {};
    const display = bracket ?? double;
    const inline = paren ?? (single !== undefined && isFormula(single) ? single : undefined);
    const tex = display ?? inline;
    if (tex === undefined) continue;
    plain(match.index);
    const [source] = match;
    pieces.push({
      kind: display === undefined ? "inline" : "display",
      start: match.index,
      source,
      tex,
    });
    end = match.index + source.length;
  }
  plain(text.length);
  return pieces;
}

function isFormula(inside: string): boolean {
  return TEX.test(inside) || SYMBOLS.test(inside);
}
