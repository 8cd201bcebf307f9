/**
 * Seeded randomness. `Random` is a stateful stream (sfc32) whose state can be saved in a checkpoint;
 * `hashToUniform` is a counter-based generator: the value depends on its counters alone, so a
 * completion's noise does not depend on its neighbours in the batch.
 */

export type RandomState = readonly [number, number, number, number];

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number | RandomState) {
    if (typeof seed === "number") {
      [this.#a, this.#b, this.#c, this.#d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, seed >>> 0];
      this.#a = (this.#a ^ Math.floor(seed / 4294967296)) >>> 0;
      for (let i = 0; i < 20; i++) this.uint32();
    } else {
      [this.#a, this.#b, this.#c, this.#d] = seed;
    }
  }

  get state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#d];
  }

  /** A uniform integer in [0, 2^32). */
  uint32(): number {
    const t = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** The next `out.length` values of `uint32`, several times as fast as one by one. */
  fill(out: Uint32Array): void {
    let a = this.#a | 0;
    let b = this.#b | 0;
    let c = this.#c | 0;
    let d = this.#d | 0;
    for (let i = 0; i < out.length; i++) {
      const t = (a + b + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + t) | 0;
      out[i] = t;
    }
    [this.#a, this.#b, this.#c, this.#d] = [a, b, c, d];
  }

  /** A uniform number in [0, 1) with 32 random bits. */
  uniform(): number {
    return this.uint32() / 4294967296;
  }

  /** A uniform integer in [low, high], both ends included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError("choice from an empty list");
    return items[Math.floor(this.uniform() * items.length)] as T;
  }

  /** Fisher–Yates on a copy. */
  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(0, i);
      [out[i], out[j]] = [out[j] as T, out[i] as T];
    }
    return out;
  }

  /** A standard normal, by Box and Muller. */
  normal(): number {
    const u = 1 - this.uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.uniform());
  }
}

function mix(h: number): number {
  let x = h | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** A 32-bit hash of a seed and counters. */
export function hash32(seed: number, ...counters: readonly number[]): number {
  let h = mix(seed ^ 0x5bd1e995);
  for (const c of counters) h = mix(h ^ mix((c + 0x9e3779b9) | 0));
  return h;
}

/** A uniform number in [0, 1) that depends on the seed and the counters alone. */
export function hashToUniform(seed: number, ...counters: readonly number[]): number {
  return hash32(seed, ...counters) / 4294967296;
}

/** A seed for a part of the work, derived from a parent seed and the part's name. */
export function deriveSeed(seed: number, name: string): number {
  let h = mix(seed);
  for (let i = 0; i < name.length; i++) h = mix(h ^ name.charCodeAt(i));
  return h >>> 1;
}
