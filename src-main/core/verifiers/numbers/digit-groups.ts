/** Numbers as countries write them: 1,234.5 and 1.234,5 and 1 234,5 and 1'234.5 and 12,34,567.8. */
import { z } from "zod";

/** auto: what can be one number alone is that; what could be two (1,234) is read as in English. */
export const NumberLocale = z.enum(["auto", "en", "de", "fr", "de-CH", "en-IN"]);
export type NumberLocale = z.infer<typeof NumberLocale>;

type Style = {
  readonly group: string;
  readonly decimal: string;
  /** Two digits a group but for the last. */
  readonly isIndian?: true;
};

const ENGLISH: Style = { group: ",", decimal: "." };
const GERMAN: Style = { group: ".", decimal: "," };
const SPACES_COMMA: Style = { group: " ", decimal: "," };
const SPACES_POINT: Style = { group: " ", decimal: "." };
const SWISS: Style = { group: "'", decimal: "." };
const SWISS_COMMA: Style = { group: "'", decimal: "," };
const INDIAN: Style = { group: ",", decimal: ".", isIndian: true };
const UNDERSCORES: Style = { group: "_", decimal: "." };

/** Spaces between groups are understood everywhere: they mean nothing else. The first that reads a number counts. */
const STYLES: Readonly<Record<NumberLocale, readonly Style[]>> = {
  auto: [ENGLISH, GERMAN, SPACES_POINT, SPACES_COMMA, SWISS, SWISS_COMMA, INDIAN, UNDERSCORES],
  en: [ENGLISH, SPACES_POINT],
  de: [GERMAN, SPACES_COMMA],
  fr: [SPACES_COMMA],
  "de-CH": [SWISS, SPACES_POINT],
  "en-IN": [INDIAN, ENGLISH, SPACES_POINT],
};

/** "1.234,5" as "1234.5"; null where the locale has no such number. Spaces are plain ones, apostrophes straight. */
export function plainDigits(written: string, locale: NumberLocale): string | null {
  for (const style of STYLES[locale]) {
    const plain = inStyle(written, style);
    if (plain !== null) return plain;
  }
  return null;
}

function inStyle(written: string, { group, decimal, isIndian }: Style): string | null {
  const [whole = "", fraction, ...more] = written.split(decimal);
  if (more.length > 0 || !/^\d*$/u.test(fraction ?? "")) return null;
  const groups = whole.split(group);
  const [first = "", ...others] = groups;
  if (others.length === 0) {
    if (!/^\d*$/u.test(first) || `${first}${fraction ?? ""}` === "") return null;
    return fraction === undefined ? first : `${first}.${fraction}`;
  }
  // A group of thousands does not begin with 0: 0,125 is a fraction.
  if (!(isIndian === true ? /^[1-9]\d?$/u : /^[1-9]\d{0,2}$/u).test(first)) return null;
  const isGroup = (one: string, index: number): boolean =>
    one.length === (isIndian === true && index < others.length - 1 ? 2 : 3) && /^\d+$/u.test(one);
  if (!others.every((one, index) => isGroup(one, index))) return null;
  return fraction === undefined ? groups.join("") : `${groups.join("")}.${fraction}`;
}
