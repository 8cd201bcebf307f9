/** Texts in many scripts, seeded: words of each script's letters with digits, spaces, signs and emoji between them. */
import { Random } from "#main/platform/random.ts";

/** First and last letters of each script's main block. */
const SCRIPTS: readonly (readonly [number, number])[] = [
  [0x61, 0x7a],
  [0x41, 0x5a],
  [0xc0, 0x24f],
  [0x370, 0x3ff],
  [0x400, 0x4ff],
  [0x531, 0x587],
  [0x5d0, 0x5ea],
  [0x620, 0x64a],
  [0x905, 0x939],
  [0x985, 0x9b9],
  [0xb85, 0xbb9],
  [0xe01, 0xe4e],
  [0xf40, 0xf6c],
  [0x10a0, 0x10ff],
  [0x1200, 0x1248],
  [0x13a0, 0x13f4],
  [0x1780, 0x17b3],
  [0x1820, 0x1877],
  [0x1e00, 0x1eff],
  [0x3041, 0x3096],
  [0x30a1, 0x30fa],
  [0x4e00, 0x9fa5],
  [0xac00, 0xd7a3],
  [0x1f600, 0x1f64f],
  [0x1d400, 0x1d4ff],
  [0x300, 0x36f],
];

const BETWEEN = [
  " ",
  " ",
  " ",
  "  ",
  "\n",
  "\n\n",
  "\t",
  "\r\n",
  "",
  ", ",
  ". ",
  "'s ",
  "’",
  "-",
  "_",
  " = ",
  " + ",
  "(",
  ")",
  "$",
  "\\frac{",
  "}",
  "…",
  "\u00a0",
  "\u3000",
  "\u200d",
];

const DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "½²③Ⅳ"];

export function textsInManyScripts(count: number, seed: number): string[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    let text = "";
    const parts = random.int(1, 10);
    for (let part = 0; part < parts; part++) {
      if (random.uniform() < 0.2) {
        const digits = random.choice(DIGITS);
        for (let i = random.int(1, 7); i > 0; i--) text += random.choice(Array.from(digits));
      } else {
        const [first, last] = random.choice(SCRIPTS);
        for (let i = random.int(1, 9); i > 0; i--) {
          text += String.fromCodePoint(random.int(first, last));
        }
      }
      text += random.choice(BETWEEN);
    }
    return text;
  });
}
