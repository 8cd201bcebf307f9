/** Models write formulas as \(…\) and \[…\] as often as between dollars; Markdown with formulas knows only the dollars. Pure. */

/** The text with those delimiters as dollars, but in code. */
export function texDelimiters(text: string): string {
  return text
    .split(/(```[\s\S]*?(?:```|$)|`[^`\n]*`)/u)
    .map((piece, index) =>
      index % 2 === 1
        ? piece
        : piece
            .replaceAll(/\\\[([\s\S]+?)\\\]/gu, (_, inner: string) => `\n$$\n${inner.trim()}\n$$\n`)
            .replaceAll(/\\\(([\s\S]+?)\\\)/gu, (_, inner: string) => `$${inner.trim()}$`),
    )
    .join("");
}
