/** Makes the LaTeX of answers plain before it is read: boxes opened, units and decoration removed, short forms written out. */

const SEPARATOR = /\b(?:and|or)\b|,|;/u;
const MOST_BOXES = 50;

/**
 * The content of the boxes; the text itself where there is none. `last` keeps the last box and those
 * close before it, `all` keeps every box; several are joined by commas.
 */
export function openBoxes(text: string, mode: "last" | "all"): string {
  const found: string[] = [];
  let end = text.length;
  let nextStart: number | null = null;
  while (found.length < MOST_BOXES) {
    const boxed = text.lastIndexOf(String.raw`\boxed`, end - 1);
    const framed = text.lastIndexOf(String.raw`\fbox`, end - 1);
    const start = end <= 0 ? -1 : Math.max(boxed, framed);
    if (start < 0) break;
    let open = start + (boxed > framed ? 6 : 5);
    while (open < end && /\s/u.test(text.charAt(open))) open++;
    if (text.charAt(open) !== "{") {
      if (found.length === 0) found.push(text.slice(open));
      break;
    }
    const close = closingBrace(text, open, nextStart ?? text.length);
    if (close === null) {
      if (found.length === 0) found.push(text.slice(open));
      break;
    }
    const content = text.slice(open + 1, close).trim();
    if (mode === "last" && nextStart !== null) {
      const between = text.slice(close + 1, nextStart);
      const isNear = between.length < 10;
      const isListed = found.at(-1) !== content && between.length < 70 && SEPARATOR.test(between);
      if (!isNear && !isListed) break;
    }
    if (found.at(-1) !== content) found.push(content);
    nextStart = start;
    end = start;
  }
  return found.length === 0 ? text : found.toReversed().join(",");
}

function closingBrace(text: string, open: number, limit: number): number | null {
  let depth = 1;
  for (let i = open + 1; i < limit; i++) {
    if (text.charAt(i) === "{") depth++;
    else if (text.charAt(i) === "}" && --depth === 0) return i;
  }
  return null;
}

/** Words after a number that are no part of it. */
const UNITS = [
  "integerpoint",
  "feet",
  "digit",
  "pound",
  "meal",
  "edge",
  "student",
  "children ticket",
  "multiple",
  "east",
  "degree",
  "mph",
  "kmph",
  "ft",
  "m square",
  " m east",
  "sq m",
  "deg",
  "mile",
  "monkey",
  "prime",
  "ratio",
  "rd",
  "o",
  "gm",
  "lb",
  "tile",
  "per",
  "dm",
  "lt",
  "gain",
  "ab",
  "way",
  "west",
  "t",
  "h",
  "no change",
  "men",
  "soldier",
  "pie",
  "bc",
  "excess",
  "st",
  "inches",
  "noon",
  "cent",
  "by",
  "gal",
  "kmh",
  "c",
  "acre",
  "rise",
  "th",
  "sq",
  "mark",
  "l",
  "toy",
  "coin",
  "gallon",
  "profit",
  "minw",
  "yr",
  "women",
  "am",
  "pm",
  "hr",
  "cu cm",
  "square",
  "are",
  "rupee",
  "rounds",
  "cubic",
  "cc",
  "mtr",
  "s",
  "ohm",
  "number",
  "day",
  "hour",
  "minute",
  "min",
  "second",
  "man",
  "woman",
  "sec",
  "cube",
  "mt",
  "sq inch",
  "mp",
  "hectare",
  "more",
  "unit",
  "cm 2",
  "rs",
  "kg",
  "g",
  "month",
  "km",
  "m",
  "cm",
  "mm",
  "apple",
  "liter",
  "loss",
  "yard",
  "pure",
  "year",
  "increase",
  "decrease",
  "d",
  "less",
  "Surface",
  "litre",
  "metre",
  "meter",
  "inch",
];
const UNIT = new RegExp(String.raw`(\d|\}|\s)\s*(?:${UNITS.join("|")})(?:s|es)?\s*$`, "u");
const UNIT_IN_TEXT = /(?:\\(?:text|mbox)\{[^{}]*\})(?:\^\d|\{\^\d\})?$/u;

const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [
    /\\m?left\s*(\\\{|\{|\\\||\||\[|\(|\\lbrace|\\lbrack|\\vert|\\lvert|\\lceil|\\lfloor|\\langle|\.)/gu,
    "$1",
  ],
  [
    /\\m?right\s*(\\\}|\}|\\\||\||\]|\)|\\rbrace|\\rbrack|\\vert|\\rvert|\\rceil|\\rfloor|\\rangle|\.)/gu,
    "$1",
  ],
  [/\\mathrm\{th\}|\\!\s*|\\text\s*\{\s*\}|\\\$|\$|(?<!\\)["']|\\displaystyle/gu, ""],
  [/\\math(?:rm|it|bf)/gu, String.raw`\text`],
  [/\\text(?:normal|bf|it|rm)/gu, String.raw`\text`],
  [/\\[dtc]frac/gu, String.raw`\frac`],
  [/\s\./gu, " 0."],
  [/\{\./gu, "{0."],
  [/\s*\{\s*,\s*\}/gu, ","],
  [/,?\s*\\text\{\s*(?:and|or)\s*\}/gu, ","],
  [/(?<![a-zA-Z\\])(?:,?\s*(?:and|or))(?![a-zA-Z])/gu, ","],
  [/(?<!\\)\\\s/gu, " "],
  [/(?<!\\)infinity/gu, String.raw`\infty`],
  [/,?\\ldots/gu, " "],
  [/\\text\{(?:percentage|percent|pct)\}/gu, "%"],
  [/\s*\b(?:percentage|percent|pct)\b/gu, String.raw`\%`],
  [/(?<![\\a-z])inf(?![a-z])/gu, String.raw`\infty`],
  [/[\n\t]/gu, " "],
];

const SHORT_FORMS: readonly (readonly [RegExp, string])[] = [
  [/\^\s?\(([^()]*)\)/gu, "^{$1}"],
  [/\\?sqrt\s?\(([^()]*)\)/gu, String.raw`\sqrt{$1}`],
  [/\\frac\s?(\d)\s?(\d+)/gu, String.raw`\frac{$1}{$2}`],
  [/\\frac\s?\{([^{}]*)\}\s?(\d)/gu, String.raw`\frac{$1}{$2}`],
  [/\\frac\s?(\d)\s?\{([^{}]*)\}/gu, String.raw`\frac{$1}{$2}`],
  [/\\sqrt\s?(\d)/gu, String.raw`\sqrt{$1}`],
];

/** Throws nothing, whatever the text; takes time linear in its length. */
export function normalizeLatex(latex: string, boxes: "last" | "all" = "all"): string {
  let text = openBoxes(latex, boxes);
  for (const [pattern, by] of REPLACEMENTS) text = text.replaceAll(pattern, by);
  if (!text.includes("matrix")) text = text.replaceAll(/\\\\(?=[a-zA-Z])/gu, "\\");
  const plain = text.replace(UNIT_IN_TEXT, "").trim();
  if (plain !== "") text = plain;
  for (let round = 0; round < 2; round++) {
    const shorter = text.replace(UNIT, "$1");
    if (shorter !== "") text = shorter;
  }
  if (text.startsWith(".")) text = `0${text}`;
  for (const [pattern, by] of SHORT_FORMS) text = text.replaceAll(pattern, by);
  return text.trim();
}
