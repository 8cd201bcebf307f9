/**
 * Units of measure after numbers. An answer in another unit than the gold's is another answer; one
 * without a unit is compared by its number alone.
 */

/** Spellings of a unit, the first being its name. Single letters count by their case. */
const SPELLINGS: readonly string[] = [
  "km kilometer kilometre kms",
  "m meter metre",
  "dm decimeter decimetre",
  "cm centimeter centimetre cms",
  "mm millimeter millimetre",
  "mi mile",
  "yd yard",
  "ft feet foot",
  "in inch inche",
  "kg kilogram kilo kgs",
  "g gram gm",
  "mg milligram",
  "t ton tonne",
  "lb pound lbs",
  "oz ounce",
  "s second sec",
  "min minute mins",
  "h hour hr hrs",
  "day d",
  "week",
  "month",
  "year yr",
  "L l liter litre",
  "ml mL milliliter millilitre",
  "gal gallon",
  "deg degree",
  "rad radian",
  "degC celsius",
  "degF fahrenheit",
  "um µm μm micrometer micrometre micron",
  "nm nanometer nanometre",
  "ms millisecond",
  "us µs μs microsecond",
  "kB KB kilobyte",
  "MB megabyte",
  "GB gigabyte",
  "TB terabyte",
  "dollar usd",
  "cent",
  "euro eur",
  "rupee rs",
  "yen",
  "yuan",
  "N newton",
  "J joule",
  "kJ kilojoule",
  "W watt",
  "kW kilowatt",
  "V volt",
  "A ampere amp",
  "K kelvin",
  "Pa pascal",
  "kPa kilopascal",
  "Hz hertz",
  "ohm",
  "acre",
  "ha hectare",
  "mol mole",
  "cal calorie",
  "kcal kilocalorie",
  "mi/h mph",
  "km/h kmh kmph kph",
  "cm^3 cc",
];

const NAMES: ReadonlyMap<string, string> = new Map(
  SPELLINGS.flatMap((line) => {
    const [name = "", ...others] = line.split(" ");
    return [name, ...others].map((spelling): [string, string] => [spelling, name]);
  }),
);

/** The unit's name, "cm^2" for "square centimeters"; null for words that are no unit: apples. */
export function unitNamed(written: string): string | null {
  const text = written
    .replaceAll(/\\(?:text|mathrm|mbox)|[{}$.]|\\[,;: ]/gu, " ")
    .replaceAll(/\\cdot|·/gu, "*")
    .replaceAll(/\s+per\s+|\s*\/\s*/gu, "/")
    .trim();
  if (text === "" || text.length > 40) return null;
  const parts = text.split("/").map(unitWithPower);
  if (parts.includes(null)) return null;
  return parts.join("/");
}

function unitWithPower(written: string): string | null {
  const found =
    /^(?:(?<area>square|sq)\s+|(?<volume>cubic|cu)\s+)?(?<unit>[a-zA-Zµμ]+)\s*(?:\^?\s*(?<power>[23])|(?<squared>squared)|(?<cubed>cubed))?$/u.exec(
      written.trim(),
    );
  const { area, volume, unit = "", power, squared, cubed } = found?.groups ?? {};
  const name = NAMES.get(unit) ?? (unit.length > 1 ? longName(unit.toLowerCase()) : undefined);
  if (found === null || name === undefined) return null;
  if (area !== undefined || squared !== undefined || power === "2") return `${name}^2`;
  return volume !== undefined || cubed !== undefined || power === "3" ? `${name}^3` : name;
}

function longName(word: string): string | undefined {
  return NAMES.get(word) ?? NAMES.get(word.replace(/s$/u, ""));
}

/** A unit right after a number in running text, and where it ends. */
const UNIT_AFTER =
  /\s?(?:(?:square|sq|cubic|cu)\s)?[a-zA-Zµμ]{1,12}(?:\^?[23](?!\d)|\s(?:squared|cubed))?(?:(?:\s?\/\s?|\sper\s)[a-zA-Z]{1,12}(?:\^?[23](?!\d))?)?(?![a-zA-Z\d])/uy;
const WORD_AFTER = /\s?[a-zA-Zµμ]{1,12}(?:\^?[23](?!\d))?(?![a-zA-Z\d])/uy;

export type UnitAfter = { readonly unit: string; readonly end: number };

const DEGREES_AFTER = /\s?°\s?(?:([CF])(?![a-zA-Z]))?/uy;

export function unitAfter(text: string, at: number): UnitAfter | null {
  DEGREES_AFTER.lastIndex = at;
  const degrees = DEGREES_AFTER.exec(text);
  if (degrees !== null) return { unit: `deg${degrees[1] ?? ""}`, end: DEGREES_AFTER.lastIndex };
  for (const pattern of [UNIT_AFTER, WORD_AFTER]) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return null;
    const unit = unitNamed(found[0]);
    // "5 in all", "5 a day": a short word is a unit only where no sentence goes on with it.
    const isWord = found[0].trim().length > 2 || !/^\s[a-z]/u.test(text.slice(pattern.lastIndex));
    if (unit !== null && isWord) return { unit, end: pattern.lastIndex };
  }
  return null;
}

/** Words after a number in a formula that are no part of it; the reference's list. */
const WORDS = [
  "integerpoint feet digit pound meal edge student multiple east degree mph kmph ft deg mile monkey",
  "prime ratio rd gm lb tile per dm lt gain ab way west no men soldier pie bc excess st inches noon",
  "cent by gal kmh acre rise th sq mark toy coin gallon profit minw yr women am pm hr square are",
  "rupee rounds cubic cc mtr ohm number day hour minute min second man woman sec cube mt mp hectare",
  "more unit rs kg month km cm mm apple liter loss yard pure year increase decrease less Surface",
  "litre metre meter inch",
].flatMap((line) => line.split(" "));
const PHRASES = [
  "children ticket",
  "m square",
  "m east",
  "sq m",
  "no change",
  "cu cm",
  "sq inch",
  "cm 2",
];
const LETTERS = ["m", "s", "h", "g", "l"];
const WORD = new RegExp(
  String.raw`(?<=\d|\}|\s)\s*((?:${[...PHRASES, ...WORDS].join("|")})(?:s|es)?)\s*$`,
  "u",
);
const LETTER = new RegExp(String.raw`(?<=\d|\}|\s)\s*([${LETTERS.join("")}])\s*$`, "u");
/** A unit of several letters or words: 60 km/h, 5 square meters. */
const PHRASE = /(?<=\d)\s*([a-zA-Z]{2}[a-zA-Z\s^\d/]*)$/u;
const MOST_PHRASE = 40;
const IN_TEXT = /\\(?:text|mbox)\s*\{([^{}]*)\}((?:\^\{?\d\}?|\{\^\d\})?)$/u;

export type Measured = { readonly text: string; readonly unit: string | null };

/** A formula without the unit or the words at its end. */
export function withoutUnit(latex: string): Measured {
  // As in the reference, a space after the unit hides it.
  let text = latex.trimStart();
  const inText = IN_TEXT.exec(text);
  const rest = inText === null ? "" : text.slice(0, inText.index).trim();
  let unit: string | null = null;
  if (inText !== null && rest !== "") {
    unit = unitNamed(`${inText[1] ?? ""}${(inText[2] ?? "").replaceAll(/[{}]/gu, "")}`);
    text = rest;
  }
  const phrase = PHRASE.exec(text.slice(-MOST_PHRASE));
  const named = phrase === null ? null : unitNamed(phrase[1] ?? "");
  if (phrase !== null && named !== null) {
    unit ??= named;
    text = text.slice(0, text.length - phrase[0].length);
  }
  for (let round = 0; round < 2; round++) {
    const found = WORD.exec(text.slice(-40));
    if (found === null) break;
    const shorter = text.slice(0, text.length - found[0].length);
    // "5 or more" and "yes and no" are not 5 and yes.
    if (shorter.trim() === "" || /\b(?:and|or|,)\s*$/u.test(shorter)) break;
    unit ??= unitNamed(found[1] ?? "");
    text = shorter;
  }
  const letter = LETTER.exec(text.slice(-6));
  const before = letter === null ? "" : text.slice(0, text.length - letter[0].length);
  // A letter after other letters is a name: the h of \pi r^2 h is no hour.
  if (
    letter !== null &&
    before.trim() !== "" &&
    !/[a-zA-Z]/u.test(before.replaceAll(/\\[a-zA-Z]+/gu, ""))
  ) {
    unit ??= unitNamed(letter[1] ?? "");
    text = before;
  }
  return { text: text.trim(), unit };
}
