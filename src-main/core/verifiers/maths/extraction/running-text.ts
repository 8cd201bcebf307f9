/**
 * Formulas in running text, without dollars around them: "x != 15", "2x + 1", "(3, 3)", "1:00". Their
 * numbers are no answers of their own.
 */

export type Run = {
  readonly start: number;
  readonly end: number;
  /** Equations, inequalities and ±: what is read as a formula. The rest only hides its numbers. */
  readonly isRelation: boolean;
};

export type Span = { readonly start: number; readonly end: number };

/** Whether there may be any: most answers are words and a number. */
const INTERESTING = /[=<>≤≥≠±√∛^_:\\([{]|\d[a-zA-Z]|[a-zA-Z]\s?[-+*/]|[-+*/]\s?[a-zA-Z]/u;
const TOKEN =
  /([^\S\n]+)|((?:\d[\d.,]*\d|\d)(?:[eE][+-]?\d+)?)|(\\(?:[a-zA-Z]+|[^a-zA-Z\s]))|(\p{L}+)|(!=|<=|>=|==|[=<>≤≥≠≈])|(\+\/-|\*\*|[-+*/^_×÷·±:])|([([{])|([)\]}])|([!%'°∞√])|([,;])|[\s\S]/gu;
const KINDS = [
  "other",
  "space",
  "number",
  "command",
  "word",
  "relation",
  "operator",
  "open",
  "close",
  "mark",
  "comma",
] as const;
type Kind = (typeof KINDS)[number];

const FUNCTION_WORDS = /^(?:sqrt|sin|cos|tan|cot|log|ln|exp|pi|gcd|lcm|lim|abs|mod|max|min)$/u;
const DECORATION = /^\\(?:[%$,;:! ]|circ|degree|text|mathrm)$/u;
const MEASURED = /^[-+]?[\d.,]+[mgshlLtNJWVAKCF](?:\^?[23])?$/u;
const BINARY_COMMAND =
  /^\\(?:pm|mp|neq?|leq?|geq?|lt|gt|cdot|times|div|to|in|approx|equiv|cup|cap)$/u;
const MOST_CHARACTERS = 400;

/** In the order of the text; nothing inside `hidden`, which is in order too. Linear in the text's length. */
export function runsOf(text: string, hidden: readonly Span[]): Run[] {
  if (!INTERESTING.test(text)) return [];
  const runs: Run[] = [];
  const open: { run: OpenRun | null } = { run: null };
  let nextHidden = 0;
  const close = (): void => {
    const closed = open.run?.closed(text) ?? null;
    if (closed !== null) runs.push(closed);
    open.run = null;
  };
  for (const match of text.matchAll(TOKEN)) {
    const at = match.index;
    while ((hidden[nextHidden]?.end ?? Number.POSITIVE_INFINITY) <= at) nextHidden++;
    if (at >= (hidden[nextHidden]?.start ?? Number.POSITIVE_INFINITY)) {
      close();
      continue;
    }
    const group = match.findIndex((part, index) => index > 0 && part !== undefined);
    const kind = KINDS[Math.max(0, group)] ?? "other";
    const token = { kind, text: match[0], at };
    const next = text.charAt(at + match[0].length);
    if (kind === "space") {
      open.run?.space();
      continue;
    }
    if (open.run?.takes(token, next) === true) continue;
    close();
    if (begins(token, text.charAt(at - 1))) open.run = new OpenRun(token);
  }
  close();
  return runs;
}

type RunToken = { readonly kind: Kind; readonly text: string; readonly at: number };

function isProse({ kind, text }: RunToken): boolean {
  if (kind !== "word") return kind === "other";
  return text.length > 1 && !FUNCTION_WORDS.test(text);
}

function begins(token: RunToken, before: string): boolean {
  if (isProse(token)) return false;
  switch (token.kind) {
    case "number":
    case "word":
    case "command":
    case "open":
      return true;
    case "operator":
      return /^(?:[-+±]|\+\/-)$/u.test(token.text);
    case "mark":
      return token.text === "√" || token.text === "∞";
    case "relation":
      // A quotation mark of Markdown, the end of a tag or of an arrow is no sign of inequality.
      return (
        token.text !== "=" &&
        !(token.text === ">" && (before === "" || /[\n\-=\w/"]/u.test(before)))
      );
    default:
      return false;
  }
}

const INEQUALITY = /[<>≤≥≠!]/u;

/** A formula as far as it was read. */
class OpenRun {
  readonly #start: number;
  #end: number;
  #last: RunToken;
  #depth = 0;
  #gap = false;
  #hasNumber = false;
  #hasLetter = false;
  #hasCommand = false;
  #hasPower = false;
  readonly #signs = new Set<"equal" | "unequal" | "sides">();
  readonly #read = new Set<"equal" | "unequal" | "sides">();
  #isTuple = false;
  #isRatio = false;
  #parts = 0;

  constructor(first: RunToken) {
    this.#start = first.at;
    this.#end = first.at;
    this.#last = first;
    this.#add(first);
  }

  space(): void {
    this.#gap = true;
  }

  /** Whether the token belongs to the run; then it is part of it. */
  takes(token: RunToken, next: string): boolean {
    if (isProse(token) || token.at - this.#start > MOST_CHARACTERS) return false;
    if (token.kind === "comma" && this.#depth === 0) return false;
    if (token.kind === "close" && this.#depth === 0) return false;
    const gap = this.#gap;
    const isBinary =
      token.kind === "relation" ||
      token.kind === "operator" ||
      (token.kind === "command" && BINARY_COMMAND.test(token.text));
    if (token.text === ":" && /\s/u.test(next) !== gap) return false;
    if (token.text === "**" && (gap || /\s/u.test(next) || next === "")) return false;
    if (gap && this.#depth === 0 && !isBinary && !this.#isOpenEnded()) return false;
    this.#gap = false;
    this.#add(token);
    return true;
  }

  /** A sign or a function waits for what comes. */
  #isOpenEnded(): boolean {
    const { kind, text } = this.#last;
    if (kind === "relation" || kind === "operator" || kind === "open") return true;
    if (kind === "command") return BINARY_COMMAND.test(text);
    return kind === "word" && text.length > 1;
  }

  #add(token: RunToken): void {
    const { kind, text } = token;
    this.#parts++;
    if (text === "{" && this.#last.text === "^") this.#hasPower = true;
    this.#last = token;
    if (kind === "open") this.#depth++;
    if (kind === "close") this.#depth--;
    if (kind === "comma") this.#isTuple = true;
    if (kind === "number") this.#hasNumber = true;
    if (kind === "word" || text === "√") this.#hasLetter = true;
    if (kind === "command" && !DECORATION.test(text)) this.#hasCommand = true;
    if (kind === "operator" && text === ":") this.#isRatio = true;
    if (kind === "operator" && /±|\+\/-/u.test(text)) this.#signs.add("sides");
    if (kind === "relation" && text !== "≈")
      this.#signs.add(INEQUALITY.test(text) ? "unequal" : "equal");
    if (kind === "relation" || kind === "operator" || kind === "open" || kind === "comma") return;
    // A sign with nothing behind it is no part of the formula.
    this.#end = token.at + text.length;
    for (const sign of this.#signs) this.#read.add(sign);
  }

  /** null where its numbers stand for themselves: "7 + 8 = 15", "12cm". */
  closed(text: string): Run | null {
    if (!this.#hasNumber || this.#end <= this.#start) return null;
    const span = { start: this.#start, end: this.#end };
    if (this.#hasCommand || this.#isTuple || this.#isRatio) return { ...span, isRelation: false };
    const hasName = this.#hasLetter && this.#parts > 1;
    if (this.#hasPower) return { ...span, isRelation: true };
    // "(since 5 > 3)" says nothing of what is asked; its numbers are no answers either.
    if (this.#read.has("unequal")) return { ...span, isRelation: hasName };
    if (this.#read.has("sides") || (this.#read.has("equal") && hasName))
      return { ...span, isRelation: true };
    if (!hasName || MEASURED.test(text.slice(span.start, span.end))) return null;
    return { ...span, isRelation: false };
  }
}
