/** LaTeX as a list of tokens: numbers, letters, commands with their names, texts, and single signs. */
import { isDecimal, numberAt } from "./number-tokens.ts";

export type Token =
  | { readonly type: "number"; readonly text: string }
  | { readonly type: "letter"; readonly text: string }
  | { readonly type: "command"; readonly text: string }
  /** What stood in \text{…} and the like, without spaces. */
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "sign"; readonly text: string };

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
  "tiny",
  "small",
  "normalsize",
  "large",
  "Large",
  "huge",
  "Huge",
]);
const ELLIPSES = new Set(["dots", "cdots", "ldots", "dotsc", "dotsb", "hdots", "vdots"]);
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
  "≈": { type: "command", text: "approx" },
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
    if (latex.startsWith("...", at)) {
      at += 3;
      pushEllipsis(tokens);
      continue;
    }
    const number = numberAt(latex, at);
    if (number !== null) {
      at = number.end;
      tokens.push({ type: "number", text: number.text });
      continue;
    }
    if (character === "!" && isUnequal(latex, at)) {
      at = latex.indexOf("=", at) + 1;
      tokens.push({ type: "command", text: "ne" });
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
        if (/^(?:gcd|lcm|det|max|min)$/u.test(inner)) tokens.push({ type: "command", text: inner });
        else if (inner !== "") tokens.push({ type: "text", text: inner });
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
      if (ELLIPSES.has(name)) pushEllipsis(tokens);
      else if (/^q?quad[a-zA-Z]$/u.test(name))
        tokens.push({ type: "letter", text: name.at(-1) ?? "" });
      else if (!SILENT.has(name)) tokens.push({ type: "command", text: name });
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

/** 3.14… is the number as far as it is written; elsewhere the dots stand for what is left out. */
function pushEllipsis(tokens: Token[]): void {
  const last = tokens.at(-1);
  if (last?.type === "number" && isDecimal(last.text)) return;
  tokens.push({ type: "command", text: "dots" });
}

/** x != 5 is no factorial: a sign of inequality stands apart from what is before it, or after a letter. */
function isUnequal(latex: string, at: number): boolean {
  return latex.startsWith("!=", at) && /[\sa-zA-Z]/u.test(latex.charAt(at - 1));
}
