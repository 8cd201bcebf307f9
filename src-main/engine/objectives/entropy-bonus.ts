/**
 * How much the mean entropy of a step's tokens is worth in the loss: L − coefficient · H. Fixed, or moved after each
 * optimizer step towards `entropy_target` (Skywork-OR1, He et al. 2025, arXiv 2505.22312, adaptive entropy control), as TRL does it.
 */
import { z } from "zod";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";

export type EntropyOptions = Pick<
  GrpoStage,
  | "entropy_coef"
  | "use_adaptive_entropy"
  | "entropy_coef_min"
  | "entropy_coef_max"
  | "entropy_coef_delta"
  | "entropy_target"
>;

const State = z.object({ coef: z.number(), lastEntropy: z.number().nullable() });
/** For a checkpoint; lastEntropy in nats a token, null before the first step. */
export type EntropyBonusState = z.infer<typeof State>;

export function hasEntropyBonus(
  options: Pick<GrpoStage, "entropy_coef" | "use_adaptive_entropy">,
): boolean {
  return options.entropy_coef !== 0 || options.use_adaptive_entropy;
}

export class EntropyBonus {
  readonly #options: EntropyOptions;
  #coef: number;
  #lastEntropy: number | null = null;

  constructor(options: EntropyOptions) {
    this.#options = options;
    this.#coef = options.entropy_coef;
  }

  /** The coefficient as it stands: what TRL logs as entropy_coef. */
  get coef(): number {
    return this.#coef;
  }

  /** What the next step's entropy is worth: adaptive, nothing where it was above the target or is not known yet. */
  get applied(): number {
    const { use_adaptive_entropy: adaptive, entropy_target: target } = this.#options;
    if (!adaptive) return this.#coef;
    return this.#lastEntropy !== null && this.#lastEntropy <= target ? this.#coef : 0;
  }

  /** After an optimizer step, with the mean entropy of its tokens in nats; 0 where none counted. */
  observe(entropy: number): void {
    const options = this.#options;
    if (!options.use_adaptive_entropy) return;
    const { entropy_coef_delta: delta, entropy_coef_min: min, entropy_coef_max: max } = options;
    this.#coef =
      entropy <= options.entropy_target
        ? Math.min(this.#coef + delta, max)
        : Math.max(this.#coef - delta, min);
    this.#lastEntropy = entropy;
  }

  state(): EntropyBonusState {
    return { coef: this.#coef, lastEntropy: this.#lastEntropy };
  }

  /** @param kept what `state` gave at the checkpoint that the run goes on from; without it nothing changes */
  restore(kept: unknown): void {
    const { data } = State.safeParse(kept);
    if (data === undefined) return;
    this.#coef = data.coef;
    this.#lastEntropy = data.lastEntropy;
  }
}
