/**
 * The few lengths that sequences are padded to. Programs are traced for one shape each, so lengths grow geometrically:
 * four to each doubling, and at the most a fifth of what is computed is padding.
 */

const LEAST_STEP = 16;
/** Of all tokens of a batch, what its logits are made for: this or a half of it, a quarter … */
const SMALLEST_SHARE = 1 / 64;

/** Tokens that a sequence of `length` tokens is padded to. */
export function lengthBucket(length: number): number {
  const octave = 2 ** Math.ceil(Math.log2(Math.max(1, length)));
  const step = Math.max(LEAST_STEP, octave / 8);
  return Math.ceil(length / step) * step;
}

/** Places, of `all` tokens of a batch, that are computed where `asked` are asked for: `all` halved as often as it goes. */
export function placesBucket(asked: number, all: number): number {
  let places = all;
  while (places % 2 === 0 && places / 2 >= asked && places > all * SMALLEST_SHARE) places /= 2;
  return places;
}
