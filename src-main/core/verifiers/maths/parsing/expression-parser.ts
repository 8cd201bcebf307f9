/** Reads expressions of LaTeX by recursive descent. */
import {
  functionCall,
  mixedNumber,
  negative,
  ONE,
  powerOfFunction,
  quotient,
} from "./build-expression.ts";
import { baseName, DIVIDE, FUNCTIONS, GREEK, MULTIPLY, OPERATORS } from "./expression-names.ts";
import type { Token } from "./latex-tokens.ts";
import { isDecimal, isRepeating } from "./number-tokens.ts";
import { parseRational } from "../expressions/rational.ts";
import { worked } from "../expressions/series.ts";
import { NotUnderstood } from "./token-cursor.ts";
import type { TokenCursor } from "./token-cursor.ts";
import type { Expression } from "../expressions/value.ts";

export class ExpressionParser {
  readonly #cursor: TokenCursor;
  /** Bars that an open |…| waits for: inside, a bar closes. */
  #bars = 0;

  constructor(cursor: TokenCursor) {
    this.#cursor = cursor;
  }

  /** The whole sum from here on. Throws NotUnderstood. */
  sum(): Expression {
    return this.#cursor.deeper(() => {
      const terms = [this.#product()];
      while (this.#cursor.sign("+") || this.#cursor.sign("-")) {
        const isMinus = this.#cursor.sign("-");
        this.#cursor.at++;
        const term = this.#product();
        terms.push(isMinus ? negative(term) : term);
      }
      const [only] = terms;
      return terms.length === 1 && only !== undefined ? only : { kind: "sum", terms };
    });
  }

  /** Factors side by side bind closer than a slash: 1/2x is 1/(2x). */
  #product(): Expression {
    let left = this.#unary();
    for (;;) {
      const text = this.#cursor.token?.text;
      const type = this.#cursor.token?.type;
      if (text === undefined || type === "letter" || type === "text") return left;
      if (MULTIPLY.has(text)) {
        this.#cursor.at++;
        left = { kind: "product", factors: [left, this.#unary()] };
      } else if (DIVIDE.has(text)) {
        this.#cursor.at++;
        left = quotient(left, this.#unary());
      } else if (text === "bmod" || text === "mod") {
        this.#cursor.at++;
        left = { kind: "call", name: "mod", args: [left, this.#unary()] };
      } else return left;
    }
  }

  #unary(): Expression {
    if (this.#cursor.sign("-")) {
      this.#cursor.at++;
      return negative(this.#unary());
    }
    if (this.#cursor.sign("+")) {
      this.#cursor.at++;
      return this.#unary();
    }
    return this.#neighbours();
  }

  /** One or more factors without a sign between them. */
  #neighbours(): Expression {
    const factors = [this.#postfix()];
    while (this.startsFactor()) {
      // Two numbers side by side say nothing that is known.
      const { token, before } = this.#cursor;
      if (token?.type === "number" && before?.type === "number") throw new NotUnderstood();
      const isGroup = token?.text === "{" && factors.at(-1)?.kind === "number";
      factors.push(this.#postfix());
      if (isGroup && factors.at(-1)?.kind === "number") throw new NotUnderstood();
    }
    const [only] = factors;
    if (factors.length === 1 && only !== undefined) return only;
    return mixedNumber(factors) ?? { kind: "product", factors };
  }

  /** One factor with its powers. Throws NotUnderstood. */
  factor(): Expression {
    return this.#postfix();
  }

  startsFactor(): boolean {
    const token = this.#cursor.token;
    if (token === undefined) return false;
    if (token.type === "number" || token.type === "letter" || token.type === "text") return true;
    if (token.type === "sign")
      return (
        token.text === "(" ||
        token.text === "[" ||
        token.text === "{" ||
        (token.text === "|" && this.#bars === 0)
      );
    return (
      FUNCTIONS.has(token.text) ||
      OPERATORS.has(token.text) ||
      GREEK.test(token.text) ||
      /^(?:frac|sqrt|pi|infty|binom|overline|bar|vec|hat|lfloor|lceil|lvert|imath|begin)$/u.test(
        token.text,
      )
    );
  }

  #postfix(): Expression {
    let value = this.#powered(this.#atom());
    for (;;) {
      if (this.#cursor.sign("!")) {
        this.#cursor.at++;
        value = { kind: "call", name: "factorial", args: [value] };
      } else if (this.#cursor.sign("%") || this.#cursor.command("%")) {
        this.#cursor.at++;
        value = { kind: "percent", of: value };
      } else if (this.#cursor.command("degree") || this.#cursor.command("circ")) this.#cursor.at++;
      else if (this.#cursor.sign("'") || this.#cursor.command("prime")) this.#cursor.at++;
      else return value;
    }
  }

  #powered(base: Expression): Expression {
    let value = base;
    while (this.#cursor.sign("^")) {
      this.#cursor.at++;
      if (this.#isDegree()) continue;
      value = { kind: "power", base: value, exponent: this.script() };
    }
    return value;
  }

  /** ^\circ and ^{\circ}: a sign of degrees, not a power. */
  #isDegree(): boolean {
    if (
      this.#cursor.command("circ") ||
      this.#cursor.command("degree") ||
      this.#cursor.command("prime")
    ) {
      this.#cursor.at++;
      return true;
    }
    const next = this.#cursor.tokens[this.#cursor.at + 1]?.text;
    if (
      this.#cursor.sign("{") &&
      (next === "circ" || next === "prime") &&
      this.#cursor.tokens[this.#cursor.at + 2]?.text === "}"
    ) {
      this.#cursor.at += 3;
      return true;
    }
    return false;
  }

  /** What stands raised or lowered: a group or one atom; of a number its first digit. */
  script(): Expression {
    if (this.#cursor.sign("{")) return this.#group("{", "}");
    if (this.#cursor.sign("-")) {
      this.#cursor.at++;
      return negative(this.script());
    }
    return this.#atom();
  }

  #group(open: string, close: string): Expression {
    return this.#cursor.deeper(() => {
      this.#cursor.take("sign", open);
      const bars = this.#bars;
      this.#bars = 0;
      const inner = this.sum();
      this.#bars = bars;
      this.#cursor.take("sign", close);
      return inner;
    });
  }

  #atom(): Expression {
    const token = this.#cursor.token;
    if (token === undefined) throw new NotUnderstood();
    switch (token.type) {
      case "number":
        this.#cursor.at++;
        return this.#numberOf(token.text);
      case "letter":
        this.#cursor.at++;
        return this.#letterOf(token.text);
      case "text":
        this.#cursor.at++;
        return this.#withSubscript(token.text);
      case "sign":
        return this.#bracketed(token.text);
      case "command":
        return this.#commandValue(token.text);
      default:
        return token satisfies never;
    }
  }

  #numberOf(text: string): Expression {
    const value = parseRational(text);
    if (value === null) throw new NotUnderstood();
    const number: Expression = {
      kind: "number",
      value,
      isFloat: isDecimal(text),
      ...(isRepeating(text) ? { repeats: true } : {}),
    };
    return this.#withBase(number);
  }

  /** 42_5: the digits' base is kept, the value stays that of the digits, as the reference has it. */
  #withBase(number: Expression): Expression {
    if (number.kind !== "number" || !this.#cursor.sign("_")) return number;
    this.#cursor.at++;
    const start = this.#cursor.at;
    this.script();
    const base = baseName(this.#cursor.textSince(start));
    if (/^\d{3}/u.test(base)) throw new NotUnderstood();
    return { ...number, base };
  }

  #letterOf(letter: string): Expression {
    if (!this.#cursor.sign("_")) {
      if (letter === "e") return { kind: "constant", name: "e" };
      // As in the reference, a small i is a name like any other.
      if (letter === "I") return { kind: "constant", name: "i" };
    }
    // f(x): a named function where the letter usually is one.
    if (/^[fgh]$/u.test(letter) && this.#cursor.sign("(")) {
      const start = this.#cursor.at;
      const args = this.#callArguments();
      if (args !== null) return { kind: "call", name: letter, args };
      this.#cursor.at = start;
    }
    return this.#withSubscript(letter);
  }

  #callArguments(): Expression[] | null {
    this.#cursor.take("sign", "(");
    const args = [this.sum()];
    while (this.#cursor.sign(",")) {
      this.#cursor.at++;
      args.push(this.sum());
    }
    if (!this.#cursor.sign(")")) return null;
    this.#cursor.at++;
    return args;
  }

  #withSubscript(written: string): Expression {
    // Case does not count, as in the reference.
    const name = written.toLowerCase();
    if (!this.#cursor.sign("_")) return { kind: "symbol", name };
    this.#cursor.at++;
    const start = this.#cursor.at;
    this.script();
    return { kind: "symbol", name: `${name}_${this.#cursor.textSince(start)}` };
  }

  #bracketed(sign: string): Expression {
    if (sign === "(") return this.#withBase(this.#group("(", ")"));
    if (sign === "[") return this.#group("[", "]");
    if (sign === "{") return this.#group("{", "}");
    if (sign !== "|") throw new NotUnderstood();
    return this.#between("sign", "|", "sign", "|", "abs");
  }

  #between(
    openType: Token["type"],
    open: string,
    closeType: Token["type"],
    close: string,
    name: string,
  ): Expression {
    return this.#cursor.deeper(() => {
      this.#cursor.take(openType, open);
      this.#bars++;
      const inner = this.sum();
      this.#bars--;
      this.#cursor.take(closeType, close);
      return { kind: "call", name, args: [inner] };
    });
  }

  #commandValue(name: string): Expression {
    if (name === "lvert" || name === "vert" || name === "|")
      return this.#between("command", name, "command", name === "lvert" ? "rvert" : name, "abs");
    if (name === "lfloor") return this.#between("command", name, "command", "rfloor", "floor");
    if (name === "lceil") return this.#between("command", name, "command", "rceil", "ceil");
    this.#cursor.at++;
    if (name === "pi") return { kind: "constant", name: "pi" };
    if (name === "infty") return { kind: "constant", name: "infinity" };
    if (name === "imath") return { kind: "constant", name: "i" };
    if (name === "frac") return quotient(this.script(), this.script());
    if (name === "binom")
      return { kind: "call", name: "binom", args: [this.script(), this.script()] };
    if (name === "sqrt") return this.#root();
    if (FUNCTIONS.has(name)) return this.#functionValue(name);
    if (OPERATORS.has(name)) return this.#operatorValue(name);
    if (/^(?:overline|bar|vec|hat|widehat|tilde)$/u.test(name)) return this.#accented(name);
    if (GREEK.test(name)) return this.#withSubscript(name);
    throw new NotUnderstood();
  }

  #root(): Expression {
    let degree: Expression = { kind: "number", value: { num: 2n, den: 1n }, isFloat: false };
    if (this.#cursor.sign("[")) degree = this.#group("[", "]");
    return { kind: "power", base: this.script(), exponent: quotient(ONE, degree) };
  }

  /** \overline{AB} and \vec{v} are names. */
  #accented(name: string): Expression {
    const start = this.#cursor.at;
    this.script();
    const inner = this.#cursor.textSince(start);
    return { kind: "symbol", name: `${name === "overline" ? "bar" : name}{${inner}}` };
  }

  /** \sum_{k=1}^{n} k, \lim_{x\to 0} f(x): what stands above and below is part of the name. */
  #operatorValue(name: string): Expression {
    const start = this.#cursor.at;
    let below = "";
    let above = "";
    for (let i = 0; i < 2; i++) {
      const isBelow = this.#cursor.sign("_");
      if (!isBelow && !this.#cursor.sign("^")) break;
      this.#cursor.at++;
      const written = this.#writtenScript();
      if (isBelow) below = written;
      else above = written;
    }
    if (this.#cursor.at === start) throw new NotUnderstood();
    const of = this.#product();
    return (
      worked(name, below, above, of) ?? {
        kind: "call",
        name: `${name}|${below}|${above}`,
        args: [of],
      }
    );
  }

  /** A group or one token, as text: k=1, x\to 0. */
  #writtenScript(): string {
    const start = this.#cursor.at;
    let depth = 0;
    do {
      if (this.#cursor.isAtEnd) throw new NotUnderstood();
      if (this.#cursor.sign("{")) depth++;
      if (this.#cursor.sign("}")) depth--;
      this.#cursor.at++;
    } while (depth > 0);
    return this.#cursor.textSince(start);
  }

  /** \sin^2 x, \log_2 8, \sin(x), \sin 2x. */
  #functionValue(name: string): Expression {
    let base: Expression | null =
      name === "lg" ? { kind: "number", value: { num: 10n, den: 1n }, isFloat: false } : null;
    let exponent: Expression | null = null;
    for (;;) {
      if (this.#cursor.sign("_")) {
        this.#cursor.at++;
        base = this.script();
      } else if (this.#cursor.sign("^")) {
        this.#cursor.at++;
        exponent = this.script();
      } else break;
    }
    const args = this.#functionArguments();
    const [first] = args;
    if (first === undefined) throw new NotUnderstood();
    const value = functionCall(name, first, args, base);
    return exponent === null ? value : powerOfFunction(name, value, exponent, first);
  }

  #functionArguments(): Expression[] {
    if (this.#cursor.sign("(")) {
      const start = this.#cursor.at;
      const args = this.#callArguments();
      if (args !== null) return args;
      this.#cursor.at = start;
    }
    if (this.#cursor.sign("{")) return [this.script()];
    const factors = [this.#postfix()];
    while (this.startsFactor() && !FUNCTIONS.has(this.#cursor.token?.text ?? ""))
      factors.push(this.#postfix());
    const [only] = factors;
    return factors.length === 1 && only !== undefined ? [only] : [{ kind: "product", factors }];
  }
}
