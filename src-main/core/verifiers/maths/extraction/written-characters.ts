/** Characters of formulas as keyboards have them: −5 as -5, x² as x^2, ½ as 1/2, １５ as 15. */

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ";
const RAISED = "0123456789+-=()ni";
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙₐₖₘ";
const LOWERED = "0123456789+-=()nakm";
const RAISED_RUN = new RegExp(`[${SUPERSCRIPTS}]+`, "gu");
const LOWERED_RUN = new RegExp(`[${SUBSCRIPTS}]+`, "gu");
const VULGAR_FRACTION = /(\d?)[ \u00A0]?([¼½¾⅐-⅞])/gu;
/** Fullwidth forms of digits, letters and signs, without the comma and the point between sentences. */
const FULLWIDTH = /[！-＋－-～]/gu;
/** Digits of other scripts by their zeros, ten after each. */
const OTHER_DIGITS = /[٠-٩۰-۹०-९০-৯๐-๙\u{1D7CE}-\u{1D7FF}]/gu;
const ZEROS = "٠۰०০๐";
const DASH = /[−﹣‐‑‒–](?=\s?[\d.(√π∞\\$a-zA-Z])/gu;
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/[\u00A0\u2000-\u200A\u202F\u205F\u3000]/gu, " "],
  [/[\u200B-\u200D\u2060\uFEFF]/gu, ""],
  [/[∙⋅‧・]/gu, "·"],
  [/[∕⁄]/gu, "/"],
  [/…|⋯/gu, "..."],
  [/⩽/gu, "≤"],
  [/⩾/gu, "≥"],
];

/** Takes time linear in the text's length. */
export function plainCharacters(text: string): string {
  // Most texts are ASCII: nothing to do.
  // oxlint-disable-next-line no-control-regex
  if (/^[\u0000-\u007F]*$/u.test(text)) return text;
  let plain = text
    .replaceAll(VULGAR_FRACTION, (_, before: string, fraction: string) => {
      const written = fraction.normalize("NFKD").replace("⁄", "/");
      return before === "" ? written : `${before} ${written}`;
    })
    .replaceAll(RAISED_RUN, (run) => script("^", run, SUPERSCRIPTS, RAISED))
    .replaceAll(LOWERED_RUN, (run) => script("_", run, SUBSCRIPTS, LOWERED))
    .replaceAll("，", ", ")
    .replaceAll(OTHER_DIGITS, digit)
    .replaceAll(FULLWIDTH, (sign) => sign.normalize("NFKC"))
    .replaceAll(DASH, "-");
  for (const [pattern, by] of OTHERS) plain = plain.replaceAll(pattern, by);
  return plain;
}

function digit(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  const zero = Array.from(ZEROS, (one) => one.codePointAt(0) ?? 0).find(
    (one) => one <= code && code < one + 10,
  );
  return zero === undefined ? sign.normalize("NFKC") : String(code - zero);
}

function script(sign: "^" | "_", run: string, from: string, to: string): string {
  const plain = Array.from(run, (character) => to.charAt(from.indexOf(character))).join("");
  if (plain.length === 1) return `${sign}${plain}`;
  return sign === "^" ? `^(${plain})` : `_{${plain}}`;
}
