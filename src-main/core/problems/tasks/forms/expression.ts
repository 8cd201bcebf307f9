/**
 * Arithmetic as Countdown allows it: whole numbers, + - * / and brackets. The maths verifier's parser reads it and its
 * exact fractions work it out, without `eval`. That parser knows more (a sign before a number, factors side by side,
 * powers): what may follow what is checked here, since Countdown's rule is that the numbers are used as they are.
 */
import { exactValue } from "../../../verifiers/maths/expressions/evaluate.ts";
import type { Rational } from "../../../verifiers/maths/expressions/rational.ts";
import { ExpressionParser } from "../../../verifiers/maths/parsing/expression-parser.ts";
import type { Token } from "../../../verifiers/maths/parsing/latex-tokens.ts";
import { NotUnderstood, TokenCursor } from "../../../verifiers/maths/parsing/token-cursor.ts";

export type ParsedExpression = { readonly value: Rational; readonly literals: readonly number[] };

const MAX_LENGTH = 400;
const MAX_LITERALS = 32;

/** The value and the numbers in order, or null: not an expression, a division by 0, or over-long. */
export function parseExpression(text: string): ParsedExpression | null {
  if (text.length > MAX_LENGTH) return null;
  const tokens = tokenize(text);
  if (tokens === null || !isPlain(tokens)) return null;
  const literals = tokens.flatMap((token) => (token.type === "number" ? Number(token.text) : []));
  if (literals.length > MAX_LITERALS) return null;
  const value = valueOf(tokens);
  return value === null ? null : { value, literals };
}

function tokenize(text: string): Token[] | null {
  const tokens: Token[] = [];
  for (const part of text.match(/\d+|\S/g) ?? []) {
    if (/^\d{1,6}$/.test(part)) tokens.push({ type: "number", text: part });
    else {
      const sign = signOf(part);
      if (sign === null) return null;
      tokens.push({ type: "sign", text: sign });
    }
  }
  return tokens;
}

function signOf(part: string): "+" | "-" | "*" | "/" | "(" | ")" | null {
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

/** One operator between two values, none before the first. Whether brackets match is the parser's to see. */
function isPlain(tokens: readonly Token[]): boolean {
  let isValueDue = true;
  for (const { type, text } of tokens) {
    const beginsValue = type === "number" || text === "(";
    if (beginsValue !== isValueDue) return false;
    isValueDue = text === "(" || (type === "sign" && text !== ")");
  }
  return !isValueDue;
}

function valueOf(tokens: readonly Token[]): Rational | null {
  // Each bracket is two levels of the parser: the bound on the length is the bound on the depth.
  const cursor = new TokenCursor(tokens, 2 * MAX_LENGTH);
  try {
    const expression = new ExpressionParser(cursor).sum();
    return cursor.isAtEnd ? exactValue(expression) : null;
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}
