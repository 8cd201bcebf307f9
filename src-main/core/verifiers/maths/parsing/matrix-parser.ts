/** Reads matrices and what is done with them: \frac12\begin{pmatrix}…\end{pmatrix} + …, \det, transposes. */
import { inverse, negative } from "./build-expression.ts";
import { exactValue } from "../expressions/evaluate.ts";
import type { ExpressionParser } from "./expression-parser.ts";
import {
  determinant,
  matrixOf,
  matrixPower,
  matrixProduct,
  matrixSum,
  scaled,
  transposed,
} from "./matrix.ts";
import type { Matrix } from "./matrix.ts";
import { NotUnderstood } from "./token-cursor.ts";
import type { TokenCursor } from "./token-cursor.ts";
import type { Expression, MathsValue } from "../expressions/value.ts";

type Part =
  | { readonly kind: "matrix"; readonly rows: Matrix }
  | { readonly kind: "scalar"; readonly of: Expression };

const ENVIRONMENT = /^(?:[pbvBV]?matrix|smallmatrix|array)$/u;
const TIMES = new Set(["*", "cdot", "times"]);

export class MatrixParser {
  readonly #cursor: TokenCursor;
  readonly #expressions: ExpressionParser;
  /** Inside |…|, where a bar closes. */
  #inBars = false;

  constructor(cursor: TokenCursor, expressions: ExpressionParser) {
    this.#cursor = cursor;
    this.#expressions = expressions;
  }

  /** The whole sum from here on: a matrix, or an expression for a determinant. Throws NotUnderstood. */
  value(): MathsValue {
    const part = this.#sum();
    return part.kind === "matrix" ? part : part.of;
  }

  #sum(): Part {
    return this.#cursor.deeper(() => {
      let left = this.#product();
      while (this.#cursor.sign("+") || this.#cursor.sign("-")) {
        const isMinus = this.#cursor.sign("-");
        this.#cursor.at++;
        const right = this.#product();
        left = sumOf(left, isMinus ? negated(right) : right);
      }
      return left;
    });
  }

  #product(): Part {
    if (this.#cursor.sign("-")) {
      this.#cursor.at++;
      return negated(this.#product());
    }
    let left = this.#factor();
    for (;;) {
      const text = this.#cursor.token?.text ?? "";
      const isSign = this.#cursor.token?.type === "sign" || this.#cursor.token?.type === "command";
      if (isSign && TIMES.has(text)) {
        this.#cursor.at++;
        left = productOf(left, this.#factor());
      } else if (this.#cursor.sign("/")) {
        this.#cursor.at++;
        left = quotientOf(left, this.#factor());
      } else if (!(this.#inBars && this.#cursor.sign("|")) && this.#expressions.startsFactor())
        left = productOf(left, this.#factor());
      else return left;
    }
  }

  #factor(): Part {
    return this.#cursor.deeper(() => {
      let part = this.#atom();
      while (part.kind === "matrix" && (this.#cursor.sign("^") || this.#cursor.sign("'")))
        part = { kind: "matrix", rows: this.#powered(part.rows) };
      return part;
    });
  }

  #atom(): Part {
    if (this.#cursor.command("begin")) return this.#environment();
    if (this.#cursor.command("det")) {
      this.#cursor.at++;
      const of = this.#factor();
      if (of.kind !== "matrix") throw new NotUnderstood();
      return { kind: "scalar", of: determinant(of.rows) };
    }
    if (this.#holdsMatrix()) return this.#bracketed();
    return { kind: "scalar", of: this.#expressions.factor() };
  }

  /** A bracket or bars right around a matrix. */
  #holdsMatrix(): boolean {
    const { token, tokens, at } = this.#cursor;
    if (token?.type !== "sign" || !/^[([|{]$/u.test(token.text)) return false;
    for (let i = at + 1; i < tokens.length; i++) {
      const next = tokens[i];
      if (next?.type === "command" && next.text === "begin") return true;
      if (next?.type !== "sign" || !/^[([|{]$/u.test(next.text)) return false;
    }
    return false;
  }

  #bracketed(): Part {
    const open = this.#cursor.token?.text ?? "";
    const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "|": "|" };
    this.#cursor.at++;
    const wasInBars = this.#inBars;
    this.#inBars = open === "|";
    const inner = this.#sum();
    this.#inBars = wasInBars;
    this.#cursor.take("sign", closing[open] ?? "");
    if (open !== "|") return inner;
    if (inner.kind !== "matrix") throw new NotUnderstood();
    return { kind: "scalar", of: determinant(inner.rows) };
  }

  #environment(): Part {
    const name = this.#environmentName("begin");
    if (name === "array") this.#columnFormat();
    const rows: Expression[][] = [[this.#expressions.sum()]];
    for (;;) {
      if (this.#cursor.sign("&")) {
        this.#cursor.at++;
        rows.at(-1)?.push(this.#expressions.sum());
      } else if (this.#cursor.sign("\\\\")) {
        this.#cursor.at++;
        if (this.#cursor.command("end")) break;
        rows.push([this.#expressions.sum()]);
      } else break;
    }
    if (this.#environmentName("end") !== name) throw new NotUnderstood();
    const matrix = matrixOf(rows);
    return name === "vmatrix"
      ? { kind: "scalar", of: determinant(matrix) }
      : { kind: "matrix", rows: matrix };
  }

  #environmentName(command: "begin" | "end"): string {
    this.#cursor.take("command", command);
    this.#cursor.take("sign", "{");
    let name = "";
    while (this.#cursor.token?.type === "letter") {
      name += this.#cursor.token.text;
      this.#cursor.at++;
    }
    this.#cursor.take("sign", "}");
    if (!ENVIRONMENT.test(name)) throw new NotUnderstood();
    return name;
  }

  /** {cc}, {c|c} */
  #columnFormat(): void {
    if (!this.#cursor.sign("{")) return;
    while (!this.#cursor.isAtEnd && !this.#cursor.sign("}")) this.#cursor.at++;
    this.#cursor.take("sign", "}");
  }

  /** ^T, ^{-1}, ^2 */
  #powered(matrix: Matrix): Matrix {
    if (this.#cursor.sign("'")) {
      this.#cursor.at++;
      return transposed(matrix);
    }
    this.#cursor.take("sign", "^");
    const start = this.#cursor.at;
    const isGroup = this.#cursor.sign("{");
    if (isGroup) this.#cursor.at++;
    const { token } = this.#cursor;
    if (token !== undefined && /^(?:T|t|top|intercal|prime|mathsf)$/u.test(token.text)) {
      this.#cursor.at++;
      if (isGroup) this.#cursor.take("sign", "}");
      return transposed(matrix);
    }
    this.#cursor.at = start;
    const exponent = exactValue(this.#expressions.script());
    if (exponent === null || exponent.den !== 1n) throw new NotUnderstood();
    return matrixPower(matrix, Number(exponent.num));
  }
}

function negated(part: Part): Part {
  return part.kind === "scalar"
    ? { kind: "scalar", of: negative(part.of) }
    : { kind: "matrix", rows: part.rows.map((row) => row.map(negative)) };
}

function sumOf(a: Part, b: Part): Part {
  if (a.kind === "matrix" && b.kind === "matrix")
    return { kind: "matrix", rows: matrixSum(a.rows, b.rows) };
  if (a.kind === "scalar" && b.kind === "scalar")
    return { kind: "scalar", of: { kind: "sum", terms: [a.of, b.of] } };
  throw new NotUnderstood();
}

function productOf(a: Part, b: Part): Part {
  if (a.kind === "matrix" && b.kind === "matrix")
    return { kind: "matrix", rows: matrixProduct(a.rows, b.rows) };
  if (a.kind === "matrix" && b.kind === "scalar")
    return { kind: "matrix", rows: scaled(a.rows, b.of) };
  if (a.kind === "scalar" && b.kind === "matrix")
    return { kind: "matrix", rows: scaled(b.rows, a.of) };
  if (a.kind === "scalar" && b.kind === "scalar")
    return { kind: "scalar", of: { kind: "product", factors: [a.of, b.of] } };
  throw new NotUnderstood();
}

function quotientOf(a: Part, b: Part): Part {
  if (b.kind !== "scalar") throw new NotUnderstood();
  return productOf(a, { kind: "scalar", of: inverse(b.of) });
}
