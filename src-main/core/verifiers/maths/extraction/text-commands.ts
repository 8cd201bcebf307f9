/** Style around formulas: \mathbf{13} is 13, \text{1 or 2} is a list, \text{cm} stays a text. */

const STYLED =
  /\\(?<name>text(?:bf|it|rm|normal|up|tt|sf)?|mbox|emph|underline|math(?:rm|bf|it|sf|tt|normal)|boldsymbol|bm|pmb)\s*\{(?<content>[^{}]*)\}/gu;
/** Style around what has braces of its own. */
const STYLE =
  /\\(?:emph|underline|math(?:rm|bf|it|sf|tt|normal)|boldsymbol|bm|pmb|textbf|textit)(?=\s*\{)/gu;
const COLOUR = /\\(?:textcolor|color)\s*\{[a-zA-Z]{1,20}\}/gu;
const WITH_UNIT = /^(-?[\d.,]+)\s*([a-zA-Z]{2}[a-zA-Z^\d/ ]*)$/u;
const WORD = /[a-zA-Z]{2,}/u;
const WORDS = new RegExp(WORD, "gu");
const UNIT_LETTERS = "mgshlLtNJWVAKCF";

/** Takes time linear in the text's length. */
export function unstyled(latex: string): string {
  if (!latex.includes("\\")) return latex;
  return latex
    .replaceAll(COLOUR, "")
    .replaceAll(STYLED, (whole, ...rest) => {
      const groups: unknown = rest.at(-1);
      const offset: unknown = rest.at(-3);
      const content = groupOf(groups, "content").trim();
      const isText = /^(?:text|mbox)/u.test(groupOf(groups, "name"));
      const before = typeof offset === "number" ? latex.slice(Math.max(0, offset - 4), offset) : "";
      if (whole === latex.trim() && /\d/u.test(content) && !WORD.test(content)) return content;
      return plainContent(content, isText, before) ?? `\\text{${groupOf(groups, "content")}}`;
    })
    .replaceAll(STYLE, "");
}

function groupOf(groups: unknown, name: string): string {
  if (typeof groups !== "object" || groups === null) return "";
  const value: unknown = Reflect.get(groups, name);
  return typeof value === "string" ? value : "";
}

/** null for what is a text: words, a unit. */
function plainContent(content: string, isText: boolean, before: string): string | null {
  if (/^[a-zA-Z]$/u.test(content)) {
    const isUnit = UNIT_LETTERS.includes(content) && /\d\s*(?:\\[,;: ])?\s*$/u.test(before);
    return isText || isUnit ? null : ` ${content}`;
  }
  if (!/\d/u.test(content)) return null;
  const measured = WITH_UNIT.exec(content);
  const words = content.match(WORDS) ?? [];
  if (words.every((word) => word === "and" || word === "or"))
    return `{${content.replace(/\.$/u, "")}}`;
  return measured === null ? null : `${measured[1] ?? ""}\\text{ ${measured[2] ?? ""}}`;
}
