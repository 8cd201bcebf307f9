/** Sums, products, powers and determinants of matrices whose cells are expressions. */
import { MINUS_ONE, negative, quotient } from "./build-expression.ts";
import { exactValue } from "../expressions/evaluate.ts";
import { NotUnderstood } from "./token-cursor.ts";
import type { Expression } from "../expressions/value.ts";

export type Matrix = readonly (readonly Expression[])[];

const MOST_SIZE = 6;
const MOST_POWER = 12;
/** Products of letters grow with every factor. */
const MOST_NODES = 4000;

/** Throws NotUnderstood where rows differ in length. */
export function matrixOf(rows: Matrix): Matrix {
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) throw new NotUnderstood();
  return rows;
}

/** Throws NotUnderstood where the shapes differ. */
export function matrixSum(a: Matrix, b: Matrix): Matrix {
  if (a.length !== b.length || a[0]?.length !== b[0]?.length) throw new NotUnderstood();
  return a.map((row, i) => row.map((cell, j) => sum([cell, at(b, i, j)])));
}

/** Throws NotUnderstood where the shapes do not fit. */
export function matrixProduct(a: Matrix, b: Matrix): Matrix {
  if ((a[0]?.length ?? 0) !== b.length) throw new NotUnderstood();
  const columns = b[0]?.map((_, j) => b.map((row) => row[j] ?? MINUS_ONE)) ?? [];
  return a.map((row) =>
    columns.map((column) => sum(row.map((cell, k) => product([cell, column[k] ?? MINUS_ONE])))),
  );
}

export function scaled(matrix: Matrix, by: Expression): Matrix {
  return matrix.map((row) => row.map((cell) => product([by, cell])));
}

export function transposed(matrix: Matrix): Matrix {
  return (matrix[0] ?? []).map((_, j) => matrix.map((_row, i) => at(matrix, i, j)));
}

/** Throws NotUnderstood for a matrix that is not square, or too large. */
export function determinant(matrix: Matrix): Expression {
  if (matrix.length > MOST_SIZE || matrix.some((row) => row.length !== matrix.length))
    throw new NotUnderstood();
  const [first] = matrix;
  const [only] = first ?? [];
  if (first === undefined || only === undefined) throw new NotUnderstood();
  if (matrix.length === 1) return only;
  return sum(
    first.map((cell, j) => {
      const part = product([cell, determinant(minor(matrix, 0, j))]);
      return j % 2 === 0 ? part : negative(part);
    }),
  );
}

/** Whole powers; -1 is the inverse. Throws NotUnderstood where there is none. */
export function matrixPower(matrix: Matrix, exponent: number): Matrix {
  const base = exponent < 0 ? inverse(matrix) : matrix;
  const count = Math.abs(exponent);
  if (!Number.isInteger(count) || count < 1 || count > MOST_POWER) throw new NotUnderstood();
  let power = base;
  for (let i = 1; i < count; i++) power = matrixProduct(power, base);
  return power;
}

function inverse(matrix: Matrix): Matrix {
  const size = determinant(matrix);
  if (exactValue(size)?.num === 0n) throw new NotUnderstood();
  if (matrix.length === 1) return [[quotient(determinant([[MINUS_ONE]]), negative(size))]];
  return matrix.map((row, i) =>
    row.map((_, j) => {
      const part = determinant(minor(matrix, j, i));
      return folded(quotient((i + j) % 2 === 0 ? part : negative(part), size));
    }),
  );
}

function minor(matrix: Matrix, row: number, column: number): Matrix {
  return matrix.flatMap((cells, i) => (i === row ? [] : [cells.filter((_, j) => j !== column)]));
}

function at(matrix: Matrix, row: number, column: number): Expression {
  const cell = matrix[row]?.[column];
  if (cell === undefined) throw new NotUnderstood();
  return cell;
}

function sum(terms: readonly Expression[]): Expression {
  return folded({ kind: "sum", terms });
}

function product(factors: readonly Expression[]): Expression {
  return folded({ kind: "product", factors });
}

/** Numbers are worked out at once; what has letters must not grow without bound. */
function folded(expression: Expression): Expression {
  const value = exactValue(expression);
  if (value !== null) return { kind: "number", value, isFloat: hasFloat(expression) };
  if (nodesIn(expression) > MOST_NODES) throw new NotUnderstood();
  return expression;
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "sum":
      return expression.terms;
    case "product":
      return expression.factors;
    case "power":
      return [expression.base, expression.exponent];
    case "call":
      return expression.args;
    case "percent":
      return [expression.of];
    case "number":
    case "symbol":
    case "constant":
      return [];
    default:
      return expression satisfies never;
  }
}

function hasFloat(expression: Expression): boolean {
  return (expression.kind === "number" && expression.isFloat) || partsOf(expression).some(hasFloat);
}

function nodesIn(expression: Expression): number {
  return partsOf(expression).reduce((count, part) => count + nodesIn(part), 1);
}
