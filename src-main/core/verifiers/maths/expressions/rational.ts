/** Exact fractions. Sizes are bounded: beyond, an operation gives null and the caller goes on with floating point. */

export type Rational = { readonly num: bigint; readonly den: bigint };

const MOST_DIGITS = 2000;

export function rational(num: bigint, den = 1n): Rational | null {
  if (den === 0n) return null;
  const sign = den < 0n ? -1n : 1n;
  const divisor = gcd(num < 0n ? -num : num, den * sign);
  const reduced = { num: (sign * num) / divisor, den: (sign * den) / divisor };
  return isSmall(reduced.num) && isSmall(reduced.den) ? reduced : null;
}

const MOST_EXPONENT = 2000;

/**
 * Reads "12", "-3", "0.250", "1.5e-3" and "0.1(6)", whose digits in brackets repeat; null for anything
 * else or for too many digits.
 */
export function parseRational(text: string): Rational | null {
  const found = /^(-?)(\d*)(?:\.(\d*)(?:\((\d+)\))?)?(?:[eE]([+-]?\d{1,6}))?$/u.exec(text);
  if (found === null || text.length > MOST_DIGITS) return null;
  const [, sign = "", whole = "", decimals = "", repeated = "", exponent = "0"] = found;
  if (whole + decimals + repeated === "") return null;
  const shift = Number(exponent);
  if (Math.abs(shift) > MOST_EXPONENT) return null;
  const digits = BigInt(`${whole}${decimals}${repeated}`);
  const num = repeated === "" ? digits : digits - BigInt(`0${whole}${decimals}`);
  const nines = repeated === "" ? 1n : 10n ** BigInt(repeated.length) - 1n;
  const den = nines * 10n ** BigInt(decimals.length);
  const power = 10n ** BigInt(Math.abs(shift));
  const signed = sign === "-" ? -num : num;
  return shift < 0 ? rational(signed, den * power) : rational(signed * power, den);
}

export function add(a: Rational, b: Rational): Rational | null {
  return rational(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function multiply(a: Rational, b: Rational): Rational | null {
  return rational(a.num * b.num, a.den * b.den);
}

/** null for a division by 0. */
export function divide(a: Rational, b: Rational): Rational | null {
  return rational(a.num * b.den, a.den * b.num);
}

export function negate({ num, den }: Rational): Rational {
  return { num: -num, den };
}

/** Whole exponents only. */
export function power(base: Rational, exponent: Rational): Rational | null {
  if (exponent.den !== 1n) return null;
  const size = exponent.num < 0n ? -exponent.num : exponent.num;
  const digits = Math.max(base.num.toString().length, base.den.toString().length);
  if (size > BigInt(MOST_DIGITS) || digits * Number(size) > 2 * MOST_DIGITS) return null;
  return exponent.num < 0n
    ? rational(base.den ** size, base.num ** size)
    : rational(base.num ** size, base.den ** size);
}

export function isEqual(a: Rational, b: Rational): boolean {
  return a.num === b.num && a.den === b.den;
}

export function toNumber({ num, den }: Rational): number {
  const quotient = Number(num) / Number(den);
  if (Number.isFinite(quotient)) return quotient;
  // Both overflow: the quotient of their leading bits.
  const shift = BigInt(Math.max(num.toString(2).length, den.toString(2).length) - 1000);
  return Number(num >> shift) / Number(den >> shift);
}

/** At least 1. */
export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}

function isSmall(value: bigint): boolean {
  // 4 bits a hexadecimal digit, 3.32 a decimal one.
  return value.toString(16).length * 1.2 <= MOST_DIGITS * 2;
}
