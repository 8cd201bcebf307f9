/** An answer without what sets it: a box, dollars, \text{…}, stars and quotation marks around it. */

const AROUND: readonly (readonly [string, string])[] = [
  ["$$", "$$"],
  ["$", "$"],
  [String.raw`\(`, String.raw`\)`],
  [String.raw`\[`, String.raw`\]`],
  ["**", "**"],
  ["__", "__"],
  ["*", "*"],
  ["`", "`"],
  ['"', '"'],
  ["“", "”"],
  ["„", "“"],
  ["«", "»"],
  ["'", "'"],
  ["‘", "’"],
];
const COMMAND = /^\\(?:boxed|fbox|text(?:bf|it|rm|normal)?|mbox|emph|math(?:rm|bf|it|sf))\s?\{/u;
const STYLED =
  /\\(?:text(?:bf|it|rm|normal)?|mbox|emph|math(?:rm|bf|it|sf)|boldsymbol)\s?\{([^{}]*)\}/gu;
const MOST_LAYERS = 6;

/** Takes time linear in the text's length. */
export function plainAnswer(text: string): string {
  let plain = text.trim();
  for (let layer = 0; layer < MOST_LAYERS; layer++) {
    const inner = unwrapped(plain);
    if (inner === null) break;
    plain = inner.trim();
  }
  if (!plain.includes("\\") && !plain.includes("{,}")) return plain;
  return plain
    .replaceAll(STYLED, "$1")
    .replaceAll("{,}", ",")
    .replaceAll(/\\(?:left|right|displaystyle)(?![a-zA-Z])/gu, "")
    .replaceAll(/\\[,;: ]|\\q?quad(?![a-zA-Z])|~/gu, " ")
    .replaceAll(String.raw`\!`, "")
    .replaceAll(/\\([%$#&_])/gu, "$1")
    .trim();
}

/** Without its outermost signs; null where there are none. */
function unwrapped(text: string): string | null {
  for (const [open, close] of AROUND) {
    if (text.length <= open.length + close.length) continue;
    if (!text.startsWith(open) || !text.endsWith(close)) continue;
    const inner = text.slice(open.length, text.length - close.length);
    if (!inner.includes(open) && !inner.includes(close)) return inner;
  }
  const command = COMMAND.exec(text);
  if (command === null || !text.endsWith("}")) return null;
  return closesAtEnd(text, command[0].length) ? text.slice(command[0].length, -1) : null;
}

/** Whether the brace that was opened before `from` closes at the text's end. */
function closesAtEnd(text: string, from: number): boolean {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === "{") depth++;
    else if (sign === "}") depth--;
    if (depth === 0) return at === text.length - 1;
  }
  return false;
}
