/**
 * ggml's quantised blocks as 32-bit floats, and back for Q8_0. Each product and sum is rounded to 32 bits
 * where Python's `gguf` (quants.py) rounds it, so that the results are the same to the bit.
 */
import { bfloatToFloatBits, floatToHalf, halfToFloat, halfToFloatBits } from "../float-formats.ts";
import { GGML_TYPES, type GgmlType } from "./gguf-types.ts";

/** Writes one block's elements to `out` from `to` on; the block's bytes begin at `at`. */
type Block = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

const { fround } = Math;

function halfAt(bytes: Uint8Array, at: number): number {
  return halfToFloat((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
}

/** Sixteen bytes, whose low halves are the first sixteen numbers and whose high halves the rest. */
function q4(offset: number, hasMin: boolean): Block {
  const data = hasMin ? 4 : 2;
  return (bytes, at, out, to) => {
    const d = halfAt(bytes, at);
    const m = hasMin ? halfAt(bytes, at + 2) : 0;
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + data + i] ?? 0;
      const low = fround(d * ((byte & 15) - offset));
      const high = fround(d * ((byte >> 4) - offset));
      out[to + i] = hasMin ? low + m : low;
      out[to + 16 + i] = hasMin ? high + m : high;
    }
  };
}

/** As q4, with a fifth bit of each number in 32 bits before them. */
function q5(offset: number, hasMin: boolean): Block {
  const high = hasMin ? 4 : 2;
  return (bytes, at, out, to) => {
    const d = halfAt(bytes, at);
    const m = hasMin ? halfAt(bytes, at + 2) : 0;
    for (let i = 0; i < 32; i++) {
      const byte = bytes[at + high + 4 + (i & 15)] ?? 0;
      const fifth = ((bytes[at + high + (i >> 3)] ?? 0) >> (i & 7)) & 1;
      const q = ((i < 16 ? byte & 15 : byte >> 4) | (fifth << 4)) - offset;
      const product = fround(d * q);
      out[to + i] = hasMin ? product + m : product;
    }
  };
}

const q8: Block = (bytes, at, out, to) => {
  const d = halfAt(bytes, at);
  for (let i = 0; i < 32; i++) out[to + i] = d * (((bytes[at + 2 + i] ?? 0) << 24) >> 24);
};

/** The 6-bit scale (or, 4 bytes on, minimum) of sub-block `j` in the twelve bytes at `at`. */
function packedScale(bytes: Uint8Array, at: number, j: number, which: 0 | 1): number {
  const own = bytes[at + 4 * which + (j & 3)] ?? 0;
  if (j < 4) return own & 63;
  const shared = bytes[at + 8 + (j & 3)] ?? 0;
  return (which === 0 ? shared & 15 : shared >> 4) | ((own >> 2) & 0x30);
}

/** Q4_K and Q5_K: eight sub-blocks of 32, each with a 6-bit scale and minimum. */
function superBlock(hasFifthBit: boolean): Block {
  const quants = hasFifthBit ? 48 : 16;
  return (bytes, at, out, to) => {
    const d = halfAt(bytes, at);
    const dmin = halfAt(bytes, at + 2);
    for (let j = 0; j < 8; j++) {
      const scale = fround(d * packedScale(bytes, at + 4, j, 0));
      const min = fround(dmin * packedScale(bytes, at + 4, j, 1));
      const shift = 4 * (j & 1);
      for (let i = 0; i < 32; i++) {
        const low = ((bytes[at + quants + 32 * (j >> 1) + i] ?? 0) >> shift) & 15;
        const fifth = hasFifthBit ? (((bytes[at + 16 + i] ?? 0) >> j) & 1) << 4 : 0;
        out[to + 32 * j + i] = fround(scale * (low | fifth)) - min;
      }
    }
  };
}

/** Sixteen sub-blocks of 16 with an 8-bit scale; four low bits and two high bits a number. */
const q6k: Block = (bytes, at, out, to) => {
  const d = halfAt(bytes, at + 208);
  for (let group = 0; group < 8; group++) {
    const half = group >> 2;
    const k = group & 3;
    for (let i = 0; i < 32; i++) {
      const low = ((bytes[at + 64 * half + 32 * (k & 1) + i] ?? 0) >> (4 * (k >> 1))) & 15;
      const high = ((bytes[at + 128 + 32 * half + i] ?? 0) >> (2 * k)) & 3;
      const scale = ((bytes[at + 192 + 2 * group + (i >> 4)] ?? 0) << 24) >> 24;
      out[to + 32 * group + i] = fround(d * scale) * ((low | (high << 4)) - 32);
    }
  }
};

const BLOCKS: Readonly<Record<Exclude<GgmlType, "F32" | "F16" | "BF16">, Block>> = {
  Q4_0: q4(8, false),
  Q4_1: q4(0, true),
  Q5_0: q5(16, false),
  Q5_1: q5(0, true),
  Q8_0: q8,
  Q4_K: superBlock(false),
  Q5_K: superBlock(true),
  Q6_K: q6k,
};

/** Writes the elements in `bytes` (whole blocks, at an even address) to `out` from `to` on. */
export function dequantize(type: GgmlType, bytes: Uint8Array, out: Float32Array, to: number): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  switch (type) {
    case "F32":
      bits.set(new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4), to);
      return;
    case "F16":
      halfToFloatBits(halves(bytes), bits, to);
      return;
    case "BF16":
      bfloatToFloatBits(halves(bytes), bits, to);
      return;
    default: {
      const { blockSize, blockBytes } = GGML_TYPES[type];
      const block = BLOCKS[type];
      const count = bytes.byteLength / blockBytes;
      for (let i = 0; i < count; i++) block(bytes, i * blockBytes, out, to + i * blockSize);
    }
  }
}

function halves(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
}

/**
 * Q8_0 blocks of `data` (a multiple of 32 values): a half-precision scale, then 32 bytes. The quotient is
 * taken with the unrounded scale and rounded half away from zero, as in ggml.
 */
export function quantizeQ8(data: Float32Array): Uint8Array {
  const { blockSize, blockBytes } = GGML_TYPES.Q8_0;
  const out = new Uint8Array((data.length / blockSize) * blockBytes);
  for (let block = 0; block < data.length / blockSize; block++) {
    const from = block * blockSize;
    const to = block * blockBytes;
    let largest = 0;
    for (let i = 0; i < blockSize; i++) largest = Math.max(largest, Math.abs(data[from + i] ?? 0));
    const d = fround(largest / 127);
    const inverse = d === 0 ? 0 : fround(1 / d);
    const scale = floatToHalf(d);
    out[to] = scale & 255;
    out[to + 1] = scale >> 8;
    for (let i = 0; i < blockSize; i++) {
      const x = fround((data[from + i] ?? 0) * inverse);
      out[to + 2 + i] = Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
    }
  }
  return out;
}
