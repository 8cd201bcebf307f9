/**
 * A reference that follows the policy every so many optimizer steps: π_ref ← α π + (1 − α) π_ref, of each weight
 * (TR-DPO, Gorbatovski et al. 2024, arXiv 2404.09656); α = 1 replaces it (DeepSeek-R1, arXiv 2501.12948, every 400 steps).
 */
import type { ReferenceOptions } from "#shared/schema/policy-objective.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";

export class MovingReference {
  readonly #steps: number;
  readonly #move: CompiledFunction;

  /** @param reference of the same weights as the model */
  constructor(
    runtime: Runtime,
    model: LanguageModel,
    reference: LanguageModel,
    { ref_model_mixup_alpha: alpha, ref_model_sync_steps: steps }: ReferenceOptions,
  ) {
    this.#steps = steps;
    this.#move = runtime.compile("move_reference", () => {
      for (const [name, variable] of reference.variables) {
        const policy = model.variables.get(name);
        if (policy === undefined) throw new Error(`the policy has no weight ${name}`);
        const own = tf.mul(policy.read(), alpha);
        variable.assign(alpha === 1 ? own : tf.add(own, tf.mul(variable.read(), 1 - alpha)));
      }
      return [tf.scalar(0)];
    });
  }

  /** @param done optimizer steps, this one included */
  afterStep(done: number): void {
    if (done % this.#steps !== 0) return;
    for (const out of this.#move()) out.dispose();
  }

  dispose(): void {
    this.#move.dispose();
  }
}
