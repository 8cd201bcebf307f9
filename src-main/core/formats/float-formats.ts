/** Conversions between 32-bit floats and the 16-bit formats of checkpoints, bit by bit as IEEE 754 and PyTorch do them. */

/** The bits of the 32-bit float for each of the 65,536 half-precision numbers. */
let halfTable: Uint32Array<ArrayBuffer> | undefined;
/** The same numbers as values. */
let halfValues: Float32Array | undefined;

function buildHalfTable(): Uint32Array<ArrayBuffer> {
  const table = new Uint32Array(65536);
  for (let half = 0; half < 65536; half++) {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 0x1f;
    let fraction = half & 0x3ff;
    if (exponent === 0x1f) {
      table[half] = sign | 0x7f800000 | (fraction << 13);
    } else if (exponent !== 0) {
      table[half] = sign | ((exponent + 112) << 23) | (fraction << 13);
    } else if (fraction === 0) {
      table[half] = sign;
    } else {
      // A subnormal half is fraction · 2^-24: shift until the leading bit becomes the implicit one.
      let shift = 113;
      while ((fraction & 0x400) === 0) {
        fraction <<= 1;
        shift -= 1;
      }
      table[half] = sign | (shift << 23) | ((fraction & 0x3ff) << 13);
    }
  }
  return table;
}

/** The value of one half-precision number, exact. */
export function halfToFloat(half: number): number {
  halfTable ??= buildHalfTable();
  halfValues ??= new Float32Array(halfTable.buffer);
  return halfValues[half] ?? 0;
}

/** Writes the values of `source` (F16 bits) as F32 bits to `target`, starting at `offset`. */
export function halfToFloatBits(source: Uint16Array, target: Uint32Array, offset: number): void {
  halfTable ??= buildHalfTable();
  for (let i = 0; i < source.length; i++) target[offset + i] = halfTable[source[i] ?? 0] ?? 0;
}

/** Writes the values of `source` (BF16 bits) as F32 bits to `target`, starting at `offset`. */
export function bfloatToFloatBits(source: Uint16Array, target: Uint32Array, offset: number): void {
  for (let i = 0; i < source.length; i++) target[offset + i] = (source[i] ?? 0) << 16;
}

/** BF16 bits of `source` (F32 bits) from `start` on, rounded to nearest even; a NaN stays a NaN. */
export function floatToBfloatBits(source: Uint32Array, start: number, target: Uint16Array): void {
  for (let i = 0; i < target.length; i++) {
    const bits = source[start + i] ?? 0;
    target[i] =
      (bits & 0x7fffffff) > 0x7f800000
        ? 0x7fc0 | (bits >>> 16)
        : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  }
}

/**
 * F16 bits of `source` (F32 bits) from `start` on, rounded to nearest even; a NaN stays a NaN.
 * Returns false where a finite number is too large for the format (it became an infinity).
 */
export function floatToHalfBits(source: Uint32Array, start: number, target: Uint16Array): boolean {
  let fits = true;
  for (let i = 0; i < target.length; i++) {
    const bits = source[start + i] ?? 0;
    const sign = (bits >>> 16) & 0x8000;
    const magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      target[i] = sign | 0x7e00;
    } else if (magnitude >= 0x477ff000) {
      // 65520 and above round to infinity.
      if (magnitude !== 0x7f800000) fits = false;
      target[i] = sign | 0x7c00;
    } else if (magnitude >= 0x38800000) {
      target[i] = sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
    } else if (magnitude < 0x33000000) {
      target[i] = sign;
    } else {
      // Subnormal: fraction with its implicit bit, shifted to multiples of 2^-24.
      const fraction = (magnitude & 0x7fffff) | 0x800000;
      const shift = 126 - (magnitude >>> 23);
      const quotient = fraction >>> shift;
      const rest = fraction & ((1 << shift) - 1);
      const half = 1 << (shift - 1);
      target[i] =
        sign | (quotient + (rest > half || (rest === half && (quotient & 1) === 1) ? 1 : 0));
    }
  }
  return fits;
}

const oneFloat = new Float32Array(1);
const oneFloatBits = new Uint32Array(oneFloat.buffer);
const oneHalf = new Uint16Array(1);

/** F16 bits of one number, as floatToHalfBits has them. */
export function floatToHalf(value: number): number {
  oneFloat[0] = value;
  floatToHalfBits(oneFloatBits, 0, oneHalf);
  return oneHalf[0] ?? 0;
}
