/** LaTeX as a list of tokens: numbers, letters, commands with their names, texts, and single signs. */

export type Token =
  | { readonly type: "number"; readonly text: string }
  | { readonly type: "letter"; readonly text: string }
  | { readonly type: "command"; readonly text: string }
  /** What stood in \text{…} and the like, without spaces. */
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "sign"; readonly text: string };

const NUMBER = /(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+/uy;
const TEXT = /\\(?:text|mbox|operatorname|mathbb|mathcal|mathsf|mathtt)\*?\s*\{([^{}]*)\}/uy;
const NAMED_SET = /\\mathbb\s*\{?([RZNQC])\}?/uy;
const COMMAND = /\\(?:[a-zA-Z]+|[{}|%,;:!> ])/uy;
/** Only spacing and size: no meaning. */
const SILENT = new Set([
  "quad",
  "qquad",
  ",",
  ";",
  ":",
  "!",
  ">",
  " ",
  "displaystyle",
  "textstyle",
  "limits",
  "big",
  "Big",
  "bigl",
  "bigr",
  "Bigl",
  "Bigr",
  "bigg",
  "Bigg",
  "biggl",
  "biggr",
  "left",
  "right",
  "hline",
  "rm",
  "bf",
  "it",
  "mathrm",
  "mathbf",
  "mathit",
  "boldsymbol",
  "dots",
  "cdots",
]);
const UNICODE: Readonly<Record<string, Token>> = {
  "−": { type: "sign", text: "-" },
  "–": { type: "sign", text: "-" },
  "×": { type: "command", text: "times" },
  "·": { type: "command", text: "cdot" },
  "÷": { type: "command", text: "div" },
  π: { type: "command", text: "pi" },
  "∞": { type: "command", text: "infty" },
  "√": { type: "command", text: "sqrt" },
  "≤": { type: "command", text: "le" },
  "≥": { type: "command", text: "ge" },
  "≠": { type: "command", text: "ne" },
  "∪": { type: "command", text: "cup" },
  "∩": { type: "command", text: "cap" },
  "∈": { type: "command", text: "in" },
  "°": { type: "command", text: "degree" },
  "±": { type: "command", text: "pm" },
};

/** null where something is no LaTeX of formulas. */
export function tokensOf(latex: string): Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(latex);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  while (at < latex.length) {
    const character = latex.charAt(at);
    if (/[\s~$]/u.test(character)) {
      at++;
      continue;
    }
    const number = take(NUMBER);
    if (number !== null) {
      tokens.push({ type: "number", text: number[0].replaceAll(",", "") });
      continue;
    }
    if (character === "\\") {
      const named = take(NAMED_SET);
      if (named !== null) {
        tokens.push({ type: "command", text: `mathbb ${named[1] ?? ""}` });
        continue;
      }
      const text = take(TEXT);
      if (text !== null) {
        const inner = (text[1] ?? "").replaceAll(/[\s()]/gu, "");
        if (inner !== "") tokens.push({ type: "text", text: inner });
        continue;
      }
      if (latex.startsWith("\\\\", at)) {
        tokens.push({ type: "sign", text: "\\\\" });
        at += 2;
        continue;
      }
      const command = take(COMMAND);
      if (command === null) return null;
      const name = command[0].slice(1);
      if (!SILENT.has(name)) tokens.push({ type: "command", text: name });
      continue;
    }
    at++;
    const known = UNICODE[character];
    if (known !== undefined) tokens.push(known);
    else if (/[a-zA-Z]/u.test(character)) tokens.push({ type: "letter", text: character });
    else if (/\p{Script=Greek}/u.test(character)) tokens.push({ type: "letter", text: character });
    else if (/[+\-*/^_{}()[\]|!=<>,;:%&'.]/u.test(character))
      tokens.push({ type: "sign", text: character });
    else return null;
  }
  return tokens;
}
