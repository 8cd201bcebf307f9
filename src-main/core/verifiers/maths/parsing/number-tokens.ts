/**
 * Numbers as they stand in formulas: in groups of thousands, with an exponent, with repeating
 * decimals. Their plain form is what `parseRational` reads.
 */

/** Between groups of thousands: a comma, a narrow space of LaTeX, a space. A group cannot begin with 0. */
const GROUPED = /[1-9]\d{0,2}(?:(?:,\d{3})+|(?:(?:\\[,;:! ]|~|[^\S\n])\d{3})+)(?!,?\d)(?:\.\d+)?/uy;
/** 0,125 is a decimal number; 0,5 in a formula may be a list. */
const DECIMAL_COMMA = /0,\d{3}(?![\d,.])/uy;
const REPEATING = /(\d+\.\d*)\\(?:overline|bar|dot|overbar)\s*(?:\{\s*(\d+)\s*\}|(\d))(?![\d.])/uy;
const REPEATING_IN_BRACKETS = /(\d+\.)\((\d+)\)/uy;
const SCIENTIFIC = /(?:\d+(?:\.\d+)?|\.\d+)[eE][+-]?\d{1,6}(?!\d|\.\d|[a-zA-Z^])/uy;
const PLAIN = /\d+(?:\.\d+)?|\.\d+/uy;

export type NumberToken = { readonly text: string; readonly end: number };

/** The number that begins at a place; null where none does. */
export function numberAt(latex: string, at: number): NumberToken | null {
  const first = latex.charCodeAt(at);
  // A digit or a point.
  if ((first < 48 || first > 57) && first !== 46) return null;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(latex);
  };
  const repeating = match(REPEATING);
  if (repeating !== null) {
    const digits = repeating[2] ?? repeating[3] ?? "";
    return { text: `${repeating[1] ?? ""}(${digits})`, end: REPEATING.lastIndex };
  }
  const bracketed = match(REPEATING_IN_BRACKETS);
  if (bracketed !== null) return { text: bracketed[0], end: REPEATING_IN_BRACKETS.lastIndex };
  const scientific = match(SCIENTIFIC);
  if (scientific !== null) return { text: scientific[0], end: SCIENTIFIC.lastIndex };
  const grouped = match(GROUPED);
  if (grouped !== null && !isPoint(latex, at, GROUPED.lastIndex))
    return { text: grouped[0].replaceAll(/[^\d.]/gu, ""), end: GROUPED.lastIndex };
  const decimal = match(DECIMAL_COMMA);
  if (decimal !== null) return { text: decimal[0].replace(",", "."), end: DECIMAL_COMMA.lastIndex };
  const plain = match(PLAIN);
  return plain === null ? null : { text: plain[0], end: PLAIN.lastIndex };
}

/** (12,102) is a point or an interval, not a number of five digits. */
function isPoint(latex: string, start: number, end: number): boolean {
  return (
    /(?:[([]|\\\{)$/u.test(latex.slice(Math.max(0, start - 2), start)) &&
    /^(?:[)\]]|\\\})/u.test(latex.slice(end, end + 2)) &&
    latex.slice(start, end).includes(",")
  );
}

/** 1.5e3 and 0.1(6) are exact; a number with a point is compared by rounding. */
export function isDecimal(text: string): boolean {
  return text.includes(".") && !/[(eE]/u.test(text);
}

export function isRepeating(text: string): boolean {
  return text.includes("(");
}
