/** Makes the LaTeX of answers plain before it is read: boxes opened, units and decoration removed, short forms written out. */
import { openBoxes } from "./boxes.ts";
import { unstyled } from "./text-commands.ts";
import { withoutUnit } from "./units.ts";
import type { Measured } from "./units.ts";

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
  [/\\[dtc]frac/gu, String.raw`\frac`],
  [/\\[dt]binom/gu, String.raw`\binom`],
  [/\s\.(?=\d)/gu, " 0."],
  [/\{\.(?=\d)/gu, "{0."],
  [/\s*\{\s*,\s*\}/gu, ","],
  [/,?\s*\\text\{\s*(?:and|or)\s*\}/gu, ","],
  [/(?<![a-zA-Z\\])(?:,?\s*(?:and|or))(?![a-zA-Z])/gu, ","],
  [/(?<!\\)\\\s/gu, " "],
  [/\\not\s*(?:=|\\?equals?(?![a-zA-Z]))/gu, String.raw`\ne `],
  [/(?<!\\)infinity/gu, String.raw`\infty`],
  [/\\text\{(?:percentage|percent|pct)\}/gu, "%"],
  [/\s*\b(?:percentage|percent|pct)\b/gu, String.raw`\%`],
  [/(?<![\\a-z])inf(?![a-z])/gu, String.raw`\infty`],
  [/[\n\t]/gu, " "],
];

const LARGE: Readonly<Record<string, number>> = {
  "‰": -3,
  hundred: 2,
  thousand: 3,
  million: 6,
  billion: 9,
  trillion: 12,
};
const LARGE_NUMBER =
  /(?<=\d)\s*(\\text\{\s*)?(dozen|hundred|thousand|million|billion|trillion)\b(?:\s*\})?/gu;
const DEGREES = /\^\{?\\circ\}?\s*(?:\\text\{\s*)?([CF])(?![a-zA-Z])\s*\}?/gu;

/** million as \cdot 10^{6}, dozen as \cdot 12 */
export function largeAsPower(name: string): string {
  if (name === "dozen") return String.raw`\cdot 12`;
  return `\\cdot 10^{${Object.hasOwn(LARGE, name) ? LARGE[name] : 0}}`;
}

const SHORT_FORMS: readonly (readonly [RegExp, string])[] = [
  [/(?<![\\a-zA-Z{])(sin|cos|tan|cot|log|ln|gcd|lcm)(?![a-zA-Z])/gu, String.raw`\$1 `],
  [/\^\s?\(([^()]*)\)/gu, "^{$1}"],
  [/\\?sqrt\s?\(([^()]*)\)/gu, String.raw`\sqrt{$1}`],
  [/\\frac\s?(\d)\s?(\d+)/gu, String.raw`\frac{$1}{$2}`],
  [/\\frac\s?\{([^{}]*)\}\s?(\d)/gu, String.raw`\frac{$1}{$2}`],
  [/\\frac\s?(\d)\s?\{([^{}]*)\}/gu, String.raw`\frac{$1}{$2}`],
  [/\\sqrt\s?(\d)/gu, String.raw`\sqrt{$1}`],
];

/** 1 1/4 is one and a quarter: a whole number, a space, a proper fraction. */
const MIXED = /(?<![\d.,/^_]|[/^_]\s)(\d{1,9})\s+(\d{1,9})\s?\/\s?(\d{1,9})(?![\d.,^])/gu;

export function withMixedNumbers(text: string): string {
  if (!text.includes("/")) return text;
  return text.replaceAll(MIXED, (whole, ones: string, top: string, bottom: string) =>
    Number(top) < Number(bottom) ? `${ones}\\frac{${top}}{${bottom}}` : whole,
  );
}

const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?$/u;

/** Throws nothing, whatever the text; takes time linear in its length. */
export function normalizeLatex(latex: string, boxes: "last" | "all" = "all"): Measured {
  // Most answers are a number.
  if (PLAIN_NUMBER.test(latex)) return { text: latex, unit: null };
  let text = openBoxes(latex, boxes);
  if (PLAIN_NUMBER.test(text)) return { text, unit: null };
  if (!/matrix|array|cases/u.test(text)) text = text.replaceAll(/\\\\(?=[a-zA-Z()[\]])/gu, "\\");
  const isMoney = /\\\$/u.test(text);
  text = unstyled(text.replaceAll(String.raw`\mathrm{th}`, ""));
  for (const [pattern, by] of REPLACEMENTS) text = text.replaceAll(pattern, by);
  text = text
    .replaceAll(LARGE_NUMBER, (whole, isText: string | undefined, name: string) =>
      isText === undefined || whole.endsWith("}")
        ? largeAsPower(name)
        : `${largeAsPower(name)}\\text{`,
    )
    .replaceAll(DEGREES, String.raw`\text{ deg$1}`);
  const measured = withoutUnit(text);
  text = measured.text;
  if (text.startsWith(".")) text = `0${text}`;
  for (const [pattern, by] of SHORT_FORMS) text = text.replaceAll(pattern, by);
  return {
    text: withMixedNumbers(text).trim(),
    unit: measured.unit ?? (isMoney ? "dollar" : null),
  };
}
