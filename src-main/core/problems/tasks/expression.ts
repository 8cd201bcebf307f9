/**
 * Parses and evaluates an expression of whole numbers, + - * / and brackets, exactly (rational
 * arithmetic on big integers) and without `eval`. Signs before a number are not part of the
 * language: countdown's rule is that the numbers are used as they are.
 */
import { assertNever } from "#shared/errors.ts";

export type Fraction = { readonly numerator: bigint; readonly denominator: bigint };
export type ParsedExpression = { readonly value: Fraction; readonly literals: readonly number[] };

const MAX_LENGTH = 400;
const MAX_LITERALS = 32;

type Operator = "+" | "-" | "*" | "/";
type Token = number | Operator | "(" | ")";

/** The value and the numbers in order, or null: not an expression, a division by 0, or over-long. */
export function parseExpression(text: string): ParsedExpression | null {
  if (text.length > MAX_LENGTH) return null;
  const tokens = tokenize(text);
  if (tokens === null) return null;
  const parser = new Parser(tokens);
  const value = parser.sum();
  if (value === null || !parser.atEnd) return null;
  const literals = tokens.filter((token) => typeof token === "number");
  return { value, literals };
}

export function equalsInteger(value: Fraction, integer: number): boolean {
  return value.numerator === BigInt(integer) * value.denominator;
}

function tokenize(text: string): Token[] | null {
  const tokens: Token[] = [];
  let literals = 0;
  for (const part of text.match(/\d+|\S/g) ?? []) {
    if (/^\d{1,6}$/.test(part)) {
      literals++;
      tokens.push(Number(part));
    } else {
      const sign = signOf(part);
      if (sign === null) return null;
      tokens.push(sign);
    }
  }
  return literals > MAX_LITERALS ? null : tokens;
}

function signOf(part: string): Exclude<Token, number> | null {
  switch (part) {
    case "+":
    case "-":
    case "*":
    case "/":
    case "(":
    case ")":
      return part;
    case "\u2212":
      return "-";
    case "\u00d7":
    case "\u00b7":
      return "*";
    case "\u00f7":
      return "/";
    default:
      return null;
  }
}

/** Recursive descent; its depth is bounded by the text's length limit. */
class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#position === this.#tokens.length;
  }

  sum(): Fraction | null {
    let left = this.#product();
    for (let operator = this.#take("+", "-"); operator !== null; operator = this.#take("+", "-")) {
      left = combine(left, operator, this.#product());
    }
    return left;
  }

  #product(): Fraction | null {
    let left = this.#atom();
    for (let operator = this.#take("*", "/"); operator !== null; operator = this.#take("*", "/")) {
      left = combine(left, operator, this.#atom());
    }
    return left;
  }

  #atom(): Fraction | null {
    const token = this.#tokens[this.#position++];
    if (typeof token === "number") return { numerator: BigInt(token), denominator: 1n };
    if (token !== "(") return null;
    const inner = this.sum();
    return this.#tokens[this.#position++] === ")" ? inner : null;
  }

  #take(first: Operator, second: Operator): Operator | null {
    const token = this.#tokens[this.#position];
    if (token !== first && token !== second) return null;
    this.#position++;
    return token;
  }
}

function combine(
  left: Fraction | null,
  operator: Operator,
  right: Fraction | null,
): Fraction | null {
  if (left === null || right === null) return null;
  const { numerator: a, denominator: b } = left;
  const { numerator: c, denominator: d } = right;
  switch (operator) {
    case "+":
      return { numerator: a * d + c * b, denominator: b * d };
    case "-":
      return { numerator: a * d - c * b, denominator: b * d };
    case "*":
      return { numerator: a * c, denominator: b * d };
    case "/":
      return c === 0n ? null : { numerator: a * d, denominator: b * c };
    default:
      return assertNever(operator);
  }
}
