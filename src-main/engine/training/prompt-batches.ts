/** Which prompts each step of a distillation has, and who answers them: from the step's number alone, so that a resume needs no other position. */
import { hash32, hashToUniform, Random } from "#main/platform/random.ts";

export type PromptBatchOptions = {
  readonly seed: number;
  /** Prompts of an accumulation step. */
  readonly rows: number;
  readonly accumulation: number;
  /** Share of accumulation steps that the student answers. */
  readonly lmbda: number;
};

/** An accumulation step. */
export type PromptBatch = {
  /** Places in the list of prompts. */
  readonly prompts: readonly number[];
  /** Whether the student samples the completions. TRL draws it for each accumulation step too. */
  readonly onPolicy: boolean;
};

const ORDER = 0;
const SOURCE = 1;

export class PromptBatches {
  readonly stepsPerEpoch: number;
  readonly #prompts: readonly number[];
  readonly #options: PromptBatchOptions;
  #epoch = -1;
  #order: readonly number[] = [];

  /** @param count of the prompts; a step at the end of an epoch may have fewer than the others */
  constructor(count: number, options: PromptBatchOptions) {
    this.#prompts = Array.from({ length: count }, (_, i) => i);
    this.#options = options;
    this.stepsPerEpoch = Math.max(1, Math.ceil(count / (options.rows * options.accumulation)));
  }

  step(step: number): PromptBatch[] {
    const { seed, rows, accumulation, lmbda } = this.#options;
    const epoch = Math.floor(step / this.stepsPerEpoch);
    if (epoch !== this.#epoch) {
      this.#order = new Random(hash32(seed, ORDER, epoch)).shuffle(this.#prompts);
      this.#epoch = epoch;
    }
    const first = (step % this.stepsPerEpoch) * rows * accumulation;
    return Array.from({ length: accumulation }, (_, part) => ({
      prompts: this.#order.slice(first + part * rows, first + (part + 1) * rows),
      onPolicy: hashToUniform(seed, SOURCE, step, part) < lmbda,
    })).filter(({ prompts }) => prompts.length > 0);
  }
}
