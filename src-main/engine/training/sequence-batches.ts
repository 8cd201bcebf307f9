/** Supervised examples → the batches of each optimizer step, grouped by length or packed. */
import { Random, hash32 } from "#main/platform/random.ts";
import { halved } from "#main/core/resources/rows-at-once.ts";
import { lengthBucket, placesBucket } from "#main/core/resources/length-buckets.ts";
import { neftuneScale } from "../objectives/neftune.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { Example } from "#main/core/examples/example.ts";
import type { MicroBatch, StepBatch } from "./step-batch.ts";

export type BatchOptions = {
  readonly seed: number;
  /** Rows of an accumulation step. */
  readonly rows: number;
  /** Rows computed together, where memory asks for fewer than `rows`. */
  readonly rowsAtOnce?: number;
  readonly accumulation: number;
  readonly packing: boolean;
  readonly maxLength: number;
  /** NEFTune's noise: of this alpha, for embeddings of this width. */
  readonly noise?: { readonly alpha: number; readonly width: number; readonly seed: number };
};

/** One row of a micro-batch: examples one after another. */
type Row = readonly Example[];

/** Rows are sorted by length inside chunks of so many batches, so that order stays mostly random. */
const CHUNK_BATCHES = 8;

/** The batches of any step, from the step's number alone: resuming needs no other position. */
export class SequenceBatches {
  readonly stepsPerEpoch: number;
  readonly #examples: readonly Example[];
  readonly #options: BatchOptions;
  #epoch = -1;
  #steps: readonly (readonly Row[])[] = [];

  constructor(examples: readonly Example[], options: BatchOptions) {
    this.#examples = examples;
    this.#options = options;
    this.stepsPerEpoch = Math.max(1, this.#plan(0).length);
  }

  step(step: number): StepBatch {
    const epoch = Math.floor(step / this.stepsPerEpoch);
    if (epoch !== this.#epoch) {
      this.#steps = this.#plan(epoch);
      this.#epoch = epoch;
    }
    const rows = this.#steps[step % this.stepsPerEpoch] ?? [];
    const examples = rows.flat();
    const learned = examples.reduce(
      (sum, { mask }) => sum + mask.slice(1).reduce<number>((a, b) => a + b, 0),
      0,
    );
    const microBatches = (halvings = 0): MicroBatch[] => {
      const micro: MicroBatch[] = [];
      const size = halved(rowsComputed(this.#options), halvings);
      for (let first = 0; first < rows.length; first += size) {
        const part = rows.slice(first, first + size);
        const index = micro.length;
        micro.push({
          inputs: () => [
            ...batchTensors(part, this.#options, learned),
            ...noiseTensors(part, this.#options, [step, index]),
          ],
        });
      }
      return micro;
    };
    return {
      microBatches,
      tokens: examples.reduce((sum, { ids }) => sum + ids.length, 0),
      lengths: examples.map(({ ids }) => ids.length),
      samples: examples.length,
    };
  }

  /** The rows of each step of an epoch. The number of steps is the same in every epoch: a short last step is kept. */
  #plan(epoch: number): readonly (readonly Row[])[] {
    const { rows, accumulation, packing, maxLength, seed } = this.#options;
    const random = new Random(hash32(seed, epoch));
    const shuffled = random.shuffle(this.#examples);
    const all: Row[] = packing
      ? random.shuffle(pack(shuffled, maxLength))
      : shuffled.map((example) => [example]);
    const size = rows * accumulation;
    if (!packing) sortInChunks(all, size * CHUNK_BATCHES);
    const steps: Row[][] = [];
    for (let first = 0; first < all.length; first += size)
      steps.push(all.slice(first, first + size));
    // A packed epoch may need a step more or less than the first one: its rows are dealt over the same number.
    const wanted = epoch === 0 ? steps.length : this.stepsPerEpoch;
    while (steps.length > wanted) steps.pop();
    while (steps.length < wanted) steps.push(steps[steps.length % Math.max(1, steps.length)] ?? []);
    return random.shuffle(steps);
  }
}

/** All examples once, those of like length together, without an order to learn in: what measures them. */
export function passOver(examples: readonly Example[], options: BatchOptions): MicroBatch[] {
  const rows = options.packing
    ? pack(examples, options.maxLength)
    : examples.map((example): Row => [example]);
  const sorted = rows.toSorted((a, b) => lengthOf(a) - lengthOf(b));
  const size = rowsComputed(options);
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, i) => ({
    inputs: () => batchTensors(sorted.slice(i * size, (i + 1) * size), options, 1),
  }));
}

/** How large the noise of each row is, (B), and the seed (2) of this micro-batch's: another for each of a run. */
function noiseTensors(
  rows: readonly Row[],
  options: BatchOptions,
  [step, part]: readonly [number, number],
): Tensor[] {
  const { noise } = options;
  if (noise === undefined) return [];
  const scales = new Float32Array(rows.length);
  rows.forEach((row, r) => {
    scales[r] = neftuneScale(noise.alpha, lengthOf(row), noise.width);
  });
  const seeds = [hash32(noise.seed, step, part, 0) | 0, hash32(noise.seed, step, part, 1) | 0];
  return [tf.tensor1d(scales), tf.tensor1d(seeds, "int32")];
}

function rowsComputed({ rows, rowsAtOnce }: BatchOptions): number {
  return Math.min(rows, rowsAtOnce ?? rows);
}

function lengthOf(row: Row): number {
  return row.reduce((sum, { ids }) => sum + ids.length, 0);
}

function sortInChunks(rows: Row[], chunk: number): void {
  for (let first = 0; first < rows.length; first += chunk) {
    const part = rows.slice(first, first + chunk).sort((a, b) => lengthOf(a) - lengthOf(b));
    rows.splice(first, part.length, ...part);
  }
}

/**
 * Packing into rows of at most `maxLength` tokens by best fit, longest first (Johnson 1973): an example goes where it
 * leaves the least room. Examples of a few hundred tokens waste under 1% of rows of 1,024, first fit 2 to 5%.
 */
export function pack(examples: readonly Example[], maxLength: number): Row[] {
  const rows: Example[][] = [];
  /** Rows by the room that is left in them. */
  const byRoom: Example[][][] = Array.from({ length: maxLength + 1 }, () => []);
  for (const example of examples.toSorted((a, b) => b.ids.length - a.ids.length)) {
    const length = example.ids.length;
    let room = length;
    while (room < maxLength && byRoom[room]?.length === 0) room++;
    let row = byRoom[room]?.pop();
    if (row === undefined) {
      row = [];
      rows.push(row);
      room = maxLength;
    }
    row.push(example);
    byRoom[room - length]?.push(row);
  }
  return rows;
}

/** As many rows as there are, fewer than the others in a step's last part: a row that is not there costs nothing. */
function batchTensors(
  rows: readonly Row[],
  options: BatchOptions,
  learned: number,
): ReturnType<MicroBatch["inputs"]> {
  const b = rows.length;
  const longest = Math.max(...rows.map(lengthOf));
  const columns =
    (options.packing ? options.maxLength : Math.min(options.maxLength, lengthBucket(longest - 1))) +
    1;
  const ids = new Int32Array(b * columns);
  const positions = new Int32Array(b * columns);
  const places: number[] = [];
  rows.forEach((row, r) => {
    let at = 0;
    for (const example of row) {
      const base = r * columns + at;
      ids.set(example.ids, base);
      example.ids.forEach((_, i) => {
        positions[base + i] = i;
        // The first token of an example is never a target: nothing of it came before.
        if (i > 0 && example.mask[i] === 1) places.push(r * (columns - 1) + at + i - 1);
      });
      at += example.ids.length;
    }
  });
  const tensors: Tensor[] = [
    tf.tensor(ids, [b, columns], "int32"),
    ...maskAt(places, b, columns - 1),
  ];
  tensors.splice(2, 0, tf.scalar(Math.max(1, learned)));
  if (options.packing) tensors.push(tf.tensor(positions, [b, columns], "int32"));
  return tensors;
}

/** The objective's mask of the places that count, (B, T), or where those are few, of as many as are computed, and them. */
function maskAt(places: readonly number[], b: number, t: number): Tensor[] {
  const computed = placesBucket(places.length, b * t);
  const mask = new Float32Array(computed);
  if (computed === b * t) {
    for (const place of places) mask[place] = 1;
    return [tf.tensor(mask, [b, t])];
  }
  mask.fill(1, 0, places.length);
  const padded = Int32Array.from({ length: computed }, (_, i) => places[i] ?? 0);
  return [tf.tensor1d(mask), tf.tensor1d(padded, "int32")];
}
