/**
 * Reads LaTeX of answers: expressions, relations, lists, sets, intervals, tuples, matrices. What it
 * does not know gives null, never a guess.
 */
import { difference, negative } from "./build-expression.ts";
import { numericValue } from "../expressions/evaluate.ts";
import { ExpressionParser } from "./expression-parser.ts";
import { ELLIPSIS, withoutEllipsis } from "../expressions/ellipsis.ts";
import { tokensOf } from "./latex-tokens.ts";
import type { Token } from "./latex-tokens.ts";
import { MatrixParser } from "./matrix-parser.ts";
import { NotUnderstood, TokenCursor } from "./token-cursor.ts";
import { isExpression, isSetLike, symbolsOf } from "../expressions/value.ts";
import type { Expression, MathsValue, RelationSign } from "../expressions/value.ts";

const MOST_CHARACTERS = 2000;

/** null where the text is not understood. */
/** A date is no difference, hexadecimal digits are no product, and a ratio of three no quotient: 1:2:3. */
const NO_FORMULA = /^(?:\d{4}-\d{2}-\d{2}|0[xXbBoO][\da-fA-F]+|-?[\d.]+(?:\s?:\s?-?[\d.]+){2,})$/u;

export function parseLatex(latex: string): MathsValue | null {
  const written = latex.trim();
  if (written === "" || latex.length > MOST_CHARACTERS || NO_FORMULA.test(written)) return null;
  const tokens = tokensOf(latex);
  if (tokens === null || tokens.length === 0) return null;
  return parsed(tokens) ?? bothSigns(tokens);
}

/** \frac{1 \pm \sqrt5}{2}: the two values, with both signs. */
function bothSigns(tokens: readonly Token[]): MathsValue | null {
  if (!tokens.some(isPlusMinus)) return null;
  const values = ["+", "-"].map((sign) => {
    const other = sign === "+" ? "-" : "+";
    return parsed(
      tokens.map((token): Token =>
        isPlusMinus(token) ? { type: "sign", text: token.text === "pm" ? sign : other } : token,
      ),
    );
  });
  const [plus, minus] = values;
  if (!plus || !minus || !isExpression(plus) || !isExpression(minus)) return null;
  return { kind: "set", items: [plus, minus] };
}

function isPlusMinus({ type, text }: Token): boolean {
  return type === "command" && (text === "pm" || text === "mp");
}

function parsed(tokens: readonly Token[]): MathsValue | null {
  try {
    return new AnswerParser(tokens).whole();
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}

const RELATIONS: Readonly<Record<string, RelationSign>> = {
  "=": "=",
  "<": "<",
  ">": ">",
  le: "<=",
  leq: "<=",
  leqslant: "<=",
  ge: ">=",
  geq: ">=",
  geqslant: ">=",
  lt: "<",
  gt: ">",
  ne: "!=",
  neq: "!=",
  in: "=",
  equiv: "=",
};

const NAMED_SETS: ReadonlyMap<string, string> = new Map([
  ["mathbb R", "R"],
  ["mathbb Z", "Z"],
  ["mathbb N", "N"],
  ["mathbb Q", "Q"],
  ["mathbb C", "C"],
  ["emptyset", "empty"],
  ["varnothing", "empty"],
]);

class AnswerParser {
  readonly #cursor: TokenCursor;
  readonly #expressions: ExpressionParser;
  readonly #hasMatrix: boolean;

  constructor(tokens: readonly Token[]) {
    this.#cursor = new TokenCursor(tokens);
    this.#expressions = new ExpressionParser(this.#cursor);
    this.#hasMatrix = tokens.some(({ type, text }) => type === "command" && text === "begin");
  }

  whole(): MathsValue {
    const value = this.#list();
    if (this.#cursor.sign(".") && this.#cursor.at === this.#cursor.tokens.length - 1)
      this.#cursor.at++;
    if (this.#cursor.at < this.#cursor.tokens.length) throw new NotUnderstood();
    return value;
  }

  /** One element, or several between commas and semicolons: then a set. */
  #list(): MathsValue {
    const groups: MathsValue[][] = [this.#element()];
    let semicolons = false;
    let group = groups[0] ?? [];
    while (this.#cursor.sign(",") || this.#cursor.sign(";")) {
      const isSemicolon = this.#cursor.sign(";");
      this.#cursor.at++;
      if (this.#cursor.at === this.#cursor.tokens.length) break;
      semicolons ||= isSemicolon;
      if (isSemicolon) {
        group = [];
        groups.push(group);
      }
      group.push(...this.#element());
    }
    if (semicolons && groups.some(({ length }) => length > 1))
      return {
        kind: "set",
        items: groups.map((items) => ({ kind: "tuple", items })),
      };
    const items = withoutEllipsis(groups.flat());
    const [only] = items;
    return items.length === 1 && only !== undefined ? only : { kind: "set", items };
  }

  /** A relation chain, a set expression or an expression; ± gives two. */
  #element(): MathsValue[] {
    if (this.#isSystem()) return this.#system();
    if (this.#cursor.command("dots")) {
      this.#cursor.at++;
      return [ELLIPSIS];
    }
    if (this.#cursor.command("approx") || this.#cursor.command("sim")) this.#cursor.at++;
    if (this.#cursor.command("pm")) {
      this.#cursor.at++;
      const of = this.#expressions.sum();
      return [negative(of), of];
    }
    const first = this.#setExpression();
    if (this.#cursor.command("pm") && isExpression(first)) {
      this.#cursor.at++;
      const right = this.#expressions.sum();
      return [{ kind: "sum", terms: [first, right] }, difference(first, right)];
    }
    const parts: MathsValue[] = [first];
    const signs: RelationSign[] = [];
    for (;;) {
      if (this.#cursor.command("approx") || this.#cursor.command("sim")) {
        this.#cursor.at++;
        const right = this.#setExpression();
        const left = parts[0];
        if (signs.length > 0 || left === undefined) continue;
        if (left.kind === "symbol") parts[0] = right;
        continue;
      }
      const token = this.#cursor.token;
      const sign =
        token === undefined || token.type === "letter" || token.type === "text"
          ? undefined
          : RELATIONS[token.text];
      if (sign === undefined || !Object.hasOwn(RELATIONS, token?.text ?? "")) break;
      this.#cursor.at++;
      // "<=" and ">=" as two signs
      if ((sign === "<" || sign === ">") && this.#cursor.sign("=")) {
        this.#cursor.at++;
        signs.push(sign === "<" ? "<=" : ">=");
      } else signs.push(sign);
      if (this.#cursor.command("pm")) {
        this.#cursor.at++;
        const of = this.#expressions.sum();
        parts.push(of);
        return [
          { kind: "relation", parts: [...parts.slice(0, -1), negative(of)], signs },
          { kind: "relation", parts, signs },
        ];
      }
      const right = this.#setExpression();
      if (this.#cursor.command("pm") && isExpression(right)) {
        this.#cursor.at++;
        const by = this.#expressions.sum();
        const both: Expression[] = [{ kind: "sum", terms: [right, by] }, difference(right, by)];
        return both.map((one) => ({ kind: "relation", parts: [...parts, one], signs }));
      }
      parts.push(right);
    }
    return signs.length === 0 ? [parts[0] ?? first] : [{ kind: "relation", parts, signs }];
  }

  #isSystem(): boolean {
    if (!this.#hasMatrix || !this.#cursor.command("begin")) return false;
    const { tokens, at } = this.#cursor;
    return (
      tokens
        .slice(at + 1, at + 8)
        .map(({ text }) => text)
        .join("") === "{cases}"
    );
  }

  /** \begin{cases} x = 1 \\ y = 2 \end{cases}: what it lists. */
  #system(): MathsValue[] {
    return this.#cursor.deeper(() => {
      this.#cursor.at += 8;
      const items = this.#element();
      while (this.#cursor.sign("\\\\") || this.#cursor.sign(",")) {
        this.#cursor.at++;
        if (!this.#cursor.command("end")) items.push(...this.#element());
      }
      this.#cursor.take("command", "end");
      for (const text of ["{", "c", "a", "s", "e", "s", "}"])
        this.#cursor.take(text.length === 1 && /[a-z]/u.test(text) ? "letter" : "sign", text);
      return items;
    });
  }

  #setExpression(): MathsValue {
    let left = this.#setUnion();
    while (this.#cursor.command("setminus") || this.#cursor.command("backslash")) {
      this.#cursor.at++;
      left = { kind: "set-operation", operation: "minus", left, right: this.#setUnion() };
    }
    return left;
  }

  #setUnion(): MathsValue {
    let left = this.#setIntersection();
    while (this.#cursor.command("cup") || (this.#cursor.is("letter", "U") && isSetLike(left))) {
      this.#cursor.at++;
      left = { kind: "set-operation", operation: "union", left, right: this.#setIntersection() };
    }
    return left;
  }

  #setIntersection(): MathsValue {
    let left = this.#setAtom();
    while (this.#cursor.command("cap")) {
      this.#cursor.at++;
      left = { kind: "set-operation", operation: "intersection", left, right: this.#setAtom() };
    }
    return left;
  }

  /** A bracket with a list in it, a named set, else an expression. */
  #setAtom(): MathsValue {
    const token = this.#cursor.token;
    const named = token?.type === "command" ? NAMED_SETS.get(token.text) : undefined;
    if (named !== undefined) {
      this.#cursor.at++;
      return { kind: "named-set", name: named };
    }
    const start = this.#cursor.at;
    if (this.#hasMatrix) {
      const matrix = this.#matrix();
      if (matrix !== null) return matrix;
      this.#cursor.at = start;
    }
    const bracket = this.#bracketList();
    if (bracket !== null) return bracket;
    this.#cursor.at = start;
    return this.#expressions.sum();
  }

  /** What is reckoned with matrices; null where there is none from here on. */
  #matrix(): MathsValue | null {
    const rest = this.#cursor.tokens.slice(this.#cursor.at);
    const end = rest.findIndex(({ text }) => Object.hasOwn(RELATIONS, text) || text === ",");
    const own = end < 0 ? rest : rest.slice(0, end);
    if (!own.some(({ type, text }) => type === "command" && text === "begin")) return null;
    return new MatrixParser(this.#cursor, this.#expressions).value();
  }

  /** (a, b), [a, b), {a, b}, \{a, b\}; null where the bracket holds no list. */
  #bracketList(): MathsValue | null {
    const open = this.#cursor.token;
    if (open === undefined) return null;
    const isBrace =
      (open.type === "command" && (open.text === "{" || open.text === "lbrace")) ||
      (open.type === "sign" && open.text === "{");
    const isBracket = open.type === "sign" && (open.text === "(" || open.text === "[");
    if (!isBrace && !isBracket) return null;
    const start = this.#cursor.at;
    this.#cursor.at++;
    try {
      return this.#cursor.deeper(() => this.#bracketContent(open, isBrace));
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      this.#cursor.at = start;
      return null;
    }
  }

  #bracketContent(open: Token, isBrace: boolean): MathsValue | null {
    if (isBrace && (this.#cursor.command("}") || this.#cursor.sign("}"))) {
      this.#cursor.at++;
      return { kind: "named-set", name: "empty" };
    }
    const inner = this.#list();
    const close = this.#cursor.token;
    if (close === undefined) throw new NotUnderstood();
    if (isBrace) {
      const closes = close.text === "}" || close.text === "rbrace";
      if (!closes) throw new NotUnderstood();
      this.#cursor.at++;
      if (open.type === "sign" && inner.kind !== "set") return null;
      return inner.kind === "set" ? inner : { kind: "set", items: [inner] };
    }
    if (close.type !== "sign" || (close.text !== ")" && close.text !== "]"))
      throw new NotUnderstood();
    this.#cursor.at++;
    if (inner.kind !== "set") return null;
    if (this.#cursor.sign("^") || this.#cursor.sign("!")) throw new NotUnderstood();
    return bracketValue(inner.items, open.text === "(", close.text === ")");
  }
}

/** Two items are an interval where the first is smaller or nothing is known, else a point; more are a tuple. */
function bracketValue(
  items: readonly MathsValue[],
  lowOpen: boolean,
  highOpen: boolean,
): MathsValue {
  const [low, high] = items;
  if (items.length !== 2 || low === undefined || high === undefined)
    return { kind: "tuple", items };
  if (!isExpression(low) || !isExpression(high)) return { kind: "tuple", items };
  if (symbolsOf(low).size === 0 && symbolsOf(high).size === 0) {
    const a = numericValue(low, new Map()).re;
    const b = numericValue(high, new Map()).re;
    if ((lowOpen && highOpen && b <= a) || (!lowOpen && !highOpen && b < a))
      return { kind: "tuple", items };
  }
  return { kind: "interval", low, high, lowOpen, highOpen };
}
