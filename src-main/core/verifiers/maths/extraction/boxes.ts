/** What stands in \boxed{…} and \fbox{…}. */

const MOST_BOXES = 50;
/** Signs and words that list boxes: $x=\boxed{1}$ and $y=\boxed{2}$. Any other word between two corrects the first. */
const LISTED =
  /^(?:\s(?!(?:is|was|wrong|no|not|incorrect|false|then|but)\s)[a-z]{1,20}(?=\s(?:and|or)\s))?(?:[\s$,;&*]|\\[()[\],;:! ]|\\q?quad(?![a-zA-Z])|\\(?:text|mbox|textrm)\s*\{\s*,?\s*(?:and|or)?\s*\}|(?<![a-zA-Z])(?:and|or)(?![a-zA-Z]))*(?:\\?[a-zA-Z]+(?:_\{?\w{1,10}\}?)?\s*(?:=|\\in(?![a-zA-Z]))\s*)?$/u;
const MOST_BETWEEN = 80;

/**
 * The content of the boxes; the text itself where there is none. `last` keeps the last box and those
 * listed before it, `all` keeps every box; several are joined by commas. An empty box is none.
 */
export function openBoxes(text: string, mode: "last" | "all"): string {
  const found: string[] = [];
  let end = text.length;
  let nextStart: number | null = null;
  for (let seen = 0; seen < MOST_BOXES; seen++) {
    const boxed = text.lastIndexOf(String.raw`\boxed`, end - 1);
    const framed = text.lastIndexOf(String.raw`\fbox`, end - 1);
    const start = end <= 0 ? -1 : Math.max(boxed, framed);
    if (start < 0) break;
    let open = start + (boxed > framed ? 6 : 5);
    while (open < end && /\s/u.test(text.charAt(open))) open++;
    const isOpen = text.charAt(open) === "{";
    const close = isOpen ? closingBrace(text, open, nextStart ?? text.length) : null;
    if (close === null) {
      if (found.length === 0) found.push(text.slice(open));
      break;
    }
    end = start;
    const content = text.slice(open + 1, close).trim();
    if (content === "") continue;
    if (mode === "last" && nextStart !== null && !isListed(text.slice(close + 1, nextStart))) break;
    if (found.at(-1) !== content) found.push(content);
    nextStart = start;
  }
  return found.length === 0 ? text : found.toReversed().join(",");
}

function isListed(between: string): boolean {
  return between.length <= MOST_BETWEEN && LISTED.test(between);
}

function closingBrace(text: string, open: number, limit: number): number | null {
  let depth = 1;
  for (let i = open + 1; i < limit; i++) {
    if (text.charAt(i) === "{") depth++;
    else if (text.charAt(i) === "}" && --depth === 0) return i;
  }
  return null;
}

/**
 * The content of the last box that is complete, and of those listed before it, joined by commas and spaces; null where
 * there is none. Takes time linear in the text's length.
 */
export function lastBoxed(text: string): string | null {
  const complete = boxSpans(text).filter(({ end }) => text.charAt(end - 1) === "}");
  const contents: string[] = [];
  let nextStart: number | null = null;
  for (const { start, end } of complete.slice(-MOST_BOXES).toReversed()) {
    if (nextStart !== null && !isListed(text.slice(end, nextStart))) break;
    const content = text.slice(text.indexOf("{", start) + 1, end - 1).trim();
    if (content === "") continue;
    if (contents.at(-1) !== content) contents.push(content);
    nextStart = start;
  }
  return contents.length === 0 ? null : contents.toReversed().join(", ");
}

/** Where the outermost boxes stand, in order: one pass over the text. */
export function boxSpans(text: string): { readonly start: number; readonly end: number }[] {
  const spans: { start: number; end: number }[] = [];
  if (!text.includes(String.raw`\boxed`)) return spans;
  const opener = /\\boxed\s*\{|[{}]/gu;
  let depth = 0;
  let start = -1;
  for (const { 0: sign, index } of text.matchAll(opener)) {
    if (start < 0) {
      if (!sign.startsWith("\\")) continue;
      start = index;
      depth = 1;
    } else if (sign === "}") {
      depth--;
      if (depth > 0) continue;
      spans.push({ start, end: index + 1 });
      start = -1;
    } else depth++;
  }
  if (start >= 0) spans.push({ start, end: text.length });
  return spans;
}
