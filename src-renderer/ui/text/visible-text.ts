/**
 * Makes text from outside safe to look at: what would act on the display instead of showing (terminal codes, marks that
 * turn the reading direction round, characters without width) is shown as a sign. Line ends and tabs stay. Pure.
 */

// Control and format characters, line and paragraph separators. Not line end and tab; not the joiners that emoji and
// Persian are written with; not the Arabic and Syriac number signs, which are seen though they count as format.
const UNSEEN = /(?!\u200D|[\n\t\u0600-\u0605\u06DD\u070F\u08E2\u200C])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function sign(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // Unicode has pictures for the control characters of ASCII: ␛ for escape.
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `\u27E8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27E9`;
}

/** The text with every character that would act unseen replaced by its sign. Carriage returns of line ends go. */
export function visibleText(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(UNSEEN, sign);
}
