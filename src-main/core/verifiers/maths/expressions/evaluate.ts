/** Values of expressions: exact where they are fractions, else complex floating point. */
import { add, divide, gcd, multiply, negate, power, rational, toNumber } from "./rational.ts";
import type { Rational } from "./rational.ts";
import type { Expression } from "./value.ts";

export type Complex = { readonly re: number; readonly im: number };

/** The fraction that an expression of numbers is; null where it is none, or too large. */
export function exactValue(expression: Expression): Rational | null {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "sum":
      return fold(expression.terms, add, { num: 0n, den: 1n });
    case "product":
      return fold(expression.factors, multiply, { num: 1n, den: 1n });
    case "power": {
      const base = exactValue(expression.base);
      const exponent = base === null ? null : exactValue(expression.exponent);
      if (base === null || exponent === null) return null;
      return power(base, exponent) ?? exactRoot(base, exponent);
    }
    case "percent": {
      const of = exactValue(expression.of);
      return of === null ? null : rational(of.num, of.den * 100n);
    }
    case "call":
      return exactCall(expression.name, expression.args);
    case "symbol":
    case "constant":
      return null;
    default:
      return expression satisfies never;
  }
}

function fold(
  parts: readonly Expression[],
  combine: (a: Rational, b: Rational) => Rational | null,
  start: Rational,
): Rational | null {
  let total: Rational | null = start;
  for (const part of parts) {
    const value = exactValue(part);
    total = value === null || total === null ? null : combine(total, value);
    if (total === null) return null;
  }
  return total;
}

/** √4 = 2: roots that are whole in numerator and denominator. */
function exactRoot(base: Rational, exponent: Rational): Rational | null {
  if (exponent.den === 1n || exponent.den > 64n || base.num < 0n) return null;
  const num = wholeRoot(base.num, exponent.den);
  const den = wholeRoot(base.den, exponent.den);
  if (num === null || den === null) return null;
  const root = rational(num, den);
  return root === null ? null : power(root, { num: exponent.num, den: 1n });
}

function wholeRoot(value: bigint, degree: bigint): bigint | null {
  const near = BigInt(Math.round(Number(value) ** (1 / Number(degree))) || 0);
  for (const guess of [near - 1n, near, near + 1n])
    if (guess >= 0n && guess ** degree === value) return guess;
  return null;
}

const MOST_FACTORIAL = 500n;

function exactCall(name: string, args: readonly Expression[]): Rational | null {
  const values = args.map(exactValue);
  const [a, b] = values;
  if (a === undefined || a === null || values.includes(null)) return null;
  if (name === "abs") return { num: a.num < 0n ? -a.num : a.num, den: a.den };
  if (name === "floor") return { num: floorOf(a), den: 1n };
  if (name === "ceil") return { num: -floorOf(negate(a)), den: 1n };
  if (name === "gcd" || name === "lcm") return commonDivisor(name, values);
  if (name === "factorial") return a.den === 1n ? factorial(a.num) : null;
  if (b === undefined || b === null) return null;
  if (name === "binom") return a.den === 1n && b.den === 1n ? binomial(a.num, b.num) : null;
  if (name === "mod" && b.num !== 0n) {
    const quotient = divide(a, b);
    if (quotient === null) return null;
    return add(a, { num: -floorOf(quotient) * b.num, den: b.den });
  }
  return null;
}

/** Of whole numbers. */
function commonDivisor(name: "gcd" | "lcm", values: readonly (Rational | null)[]): Rational | null {
  let total: bigint | null = null;
  for (const value of values) {
    if (value === null || value.den !== 1n) return null;
    const next = value.num < 0n ? -value.num : value.num;
    if (total === null) total = next;
    else {
      const divisor = gcd(total, next);
      total = name === "gcd" ? divisor : (total * next) / divisor;
    }
  }
  return total === null ? null : rational(total);
}

function floorOf({ num, den }: Rational): bigint {
  const quotient = num / den;
  return num < 0n && quotient * den !== num ? quotient - 1n : quotient;
}

function factorial(n: bigint): Rational | null {
  if (n < 0n || n > MOST_FACTORIAL) return null;
  let product = 1n;
  for (let i = 2n; i <= n; i++) product *= i;
  return rational(product);
}

function binomial(n: bigint, k: bigint): Rational | null {
  if (n < 0n || n > 2n * MOST_FACTORIAL) return null;
  if (k < 0n || k > n) return rational(0n);
  let value = 1n;
  for (let i = 1n; i <= k; i++) value = (value * (n - k + i)) / i;
  return rational(value);
}

/** The value with the symbols at the given points; parts may be infinite or NaN. */
export function numericValue(expression: Expression, at: ReadonlyMap<string, number>): Complex {
  switch (expression.kind) {
    case "number":
      return real(toNumber(expression.value));
    case "symbol":
      return real(at.get(expression.name) ?? Number.NaN);
    case "constant":
      return constantValue(expression.name);
    case "sum":
      return expression.terms
        .map((term) => numericValue(term, at))
        .reduce((a, b) => ({ re: a.re + b.re, im: a.im + b.im }), real(0));
    case "product":
      return expression.factors
        .map((factor) => numericValue(factor, at))
        .reduce(complexProduct, real(1));
    case "power":
      return complexPower(numericValue(expression.base, at), numericValue(expression.exponent, at));
    case "percent": {
      const of = numericValue(expression.of, at);
      return { re: of.re / 100, im: of.im / 100 };
    }
    case "call":
      return callValue(
        expression.name,
        expression.args.map((arg) => numericValue(arg, at)),
      );
    default:
      return expression satisfies never;
  }
}

function real(re: number): Complex {
  return { re, im: 0 };
}

function constantValue(name: "pi" | "e" | "i" | "infinity"): Complex {
  switch (name) {
    case "pi":
      return real(Math.PI);
    case "e":
      return real(Math.E);
    case "i":
      return { re: 0, im: 1 };
    case "infinity":
      return real(Number.POSITIVE_INFINITY);
    default:
      return name satisfies never;
  }
}

function complexProduct(a: Complex, b: Complex): Complex {
  if (a.im === 0 && b.im === 0) return real(a.re * b.re);
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

function complexPower(base: Complex, exponent: Complex): Complex {
  if (base.im === 0 && exponent.im === 0) {
    const value = base.re ** exponent.re;
    if (!Number.isNaN(value)) return real(value);
  }
  if (base.re === 0 && base.im === 0) return exponent.re > 0 ? real(0) : real(Number.NaN);
  const size = Math.hypot(base.re, base.im);
  const angle = Math.atan2(base.im, base.re);
  const logSize = Math.log(size);
  const newSize = Math.exp(exponent.re * logSize - exponent.im * angle);
  const newAngle = exponent.im * logSize + exponent.re * angle;
  return { re: newSize * Math.cos(newAngle), im: newSize * Math.sin(newAngle) };
}

function complexLog({ re, im }: Complex): Complex {
  return { re: Math.log(Math.hypot(re, im)), im: Math.atan2(im, re) };
}

const REAL_FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  cot: (x) => 1 / Math.tan(x),
  sec: (x) => 1 / Math.cos(x),
  csc: (x) => 1 / Math.sin(x),
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  arccot: (x) => Math.atan(1 / x),
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  floor: Math.floor,
  ceil: Math.ceil,
  factorial: gammaOfNext,
};

/** x! by Lanczos' approximation of the gamma function (g = 7, n = 9), and by the product for whole x. */
function gammaOfNext(x: number): number {
  if (Number.isInteger(x) && x >= 0 && x <= 170) {
    let product = 1;
    for (let i = 2; i <= x; i++) product *= i;
    return product;
  }
  if (x < 0) return Number.NaN;
  const coefficients = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
    12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  const sum = coefficients.reduce((total, c, i) => total + c / (x + i + 1), 0.9999999999998099);
  const t = x + 7.5;
  return Math.sqrt(2 * Math.PI) * t ** (x + 0.5) * Math.exp(-t) * sum;
}

/** n over k: for a whole k a polynomial in n, so defined for every n. */
function generalBinomial(n: number, k: number): number {
  if (!Number.isInteger(k) || k < 0 || k > 200)
    return gammaOfNext(n) / gammaOfNext(k) / gammaOfNext(n - k);
  let value = 1;
  for (let i = 0; i < k; i++) value *= (n - i) / (i + 1);
  return value;
}

function callValue(name: string, args: readonly Complex[]): Complex {
  const [a, b] = args;
  if (a === undefined) return real(Number.NaN);
  if (name === "abs") return real(Math.hypot(a.re, a.im));
  if (name === "ln") return complexLog(a);
  if (name === "log" && b !== undefined) {
    const top = complexLog(a);
    const bottom = complexLog(b);
    return complexProduct(top, complexPower(bottom, real(-1)));
  }
  if (name === "binom" && b !== undefined) return real(generalBinomial(a.re, b.re));
  if (name === "mod" && b !== undefined) return real(a.re - Math.floor(a.re / b.re) * b.re);
  const values = args.map(({ re }) => re);
  if (name === "max") return real(Math.max(...values));
  if (name === "min") return real(Math.min(...values));
  const known = Object.hasOwn(REAL_FUNCTIONS, name) ? REAL_FUNCTIONS[name] : undefined;
  if (known !== undefined) return a.im === 0 ? real(known(a.re)) : real(Number.NaN);
  // A function that is only named, f(x): a value of its own for each name and argument.
  return real(scatter(name, values));
}

/** The same number for the same name and arguments, another one for others. */
function scatter(name: string, values: readonly number[]): number {
  let hash = 7;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003;
  return values.reduce(
    (sum, value, i) => sum + Math.sin(value * (1.7 + i) + hash),
    2 + (hash % 97) / 97,
  );
}
