/** What a text says of its own answer: "The answer is …", "Final answer: …". */

const CLAIM =
  /\b(final\s{1,3})?(?:answer|choice|option)\*{0,2}\s{0,3}(?:(?:is|would\sbe|should\sbe|must\sbe)\b\s{0,3}:?|[:=])\*{0,2}\s{0,3}/giu;
const MOST_SAID = 300;
const MOST_CLAIMS = 12;
/** How a sentence goes on that takes back that its answer is the one. */
const HEDGED_REST =
  /^[\s"'”)*]*(?:or|and|alternatively|otherwise|maybe|perhaps|possibly|either|but)\b/iu;

export type Claim = {
  /** The rest of its line, 300 characters at most. */
  readonly said: string;
  /** What comes after `said`. */
  readonly after: string;
};

/**
 * The last twelve in the order of the text; where one speaks of the final answer, those alone. Takes time linear in the
 * text's length.
 */
export function claimsOf(text: string): Claim[] {
  const found = [...text.matchAll(CLAIM)].map((match) => {
    const start = match.index + match[0].length;
    const rest = text.slice(start, start + MOST_SAID);
    const lineEnd = rest.search(/[\n\r]/u);
    const said = lineEnd === -1 ? rest : rest.slice(0, lineEnd);
    const end = start + said.length;
    return { isFinal: match[1] !== undefined, said, after: text.slice(end, end + 40) };
  });
  const final = found.filter(({ isFinal }) => isFinal);
  return (final.length > 0 ? final : found)
    .filter(({ said }) => said.trim() !== "")
    .slice(-MOST_CLAIMS)
    .map(({ said, after }) => ({ said: said.trim(), after }));
}

/**
 * The first sentence of what was said; the whole where the next sentence offers another answer: "Paris. Or London."
 */
export function firstSentence({ said, after }: Claim): string {
  const end = /[.!?](?=[\s*"'”)]|$)/u.exec(said);
  const rest = end === null ? after : `${said.slice(end.index + 1)}${after}`;
  if (HEDGED_REST.test(rest)) return `${said}${after}`;
  return end === null ? said : said.slice(0, end.index);
}

/** The last line that is not blank; null where there is none. Takes time linear in the text's length. */
export function lastLine(text: string): string | null {
  const trimmed = text.trimEnd();
  const line = trimmed.slice(Math.max(trimmed.lastIndexOf("\n"), trimmed.lastIndexOf("\r")) + 1);
  return line === "" ? null : line.trim();
}
