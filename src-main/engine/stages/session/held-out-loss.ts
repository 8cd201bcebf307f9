/**
 * Held-out examples measured while a model learns from others: eval_loss, in nats a token, and the share of tokens that
 * the model holds the likeliest, under the names of TRL's SFTTrainer. The model of the lowest loss is kept, and a stage
 * whose loss no longer falls can end early.
 */
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import {
  afterMeasurement,
  HeldOutProgress,
  isDue,
  LOSS,
  NOT_MEASURED,
  whyEnded,
} from "#main/core/evaluation/held-out-progress.ts";
import type { Example } from "#main/core/examples/example.ts";
import type { Precision } from "#main/core/resources/precision.ts";
import type { LanguageModel } from "../../model/language-model.ts";
import { nextTokenScores } from "../../objectives/next-token-scores.ts";
import { withPrecision } from "../../runtime/matmul.ts";
import type { CompiledFunction } from "../../runtime/runtime.ts";
import { passOver } from "../../training/sequence-batches.ts";
import type { BatchOptions } from "../../training/sequence-batches.ts";
import type { StageSession } from "./stage-session.ts";

export type HeldOutLossOptions = Pick<
  SftStage,
  | "eval_steps"
  | "eval_on_start"
  | "load_best_model_at_end"
  | "early_stopping_patience"
  | "loss_type"
>;

type Measured = {
  readonly session: StageSession;
  readonly model: LanguageModel;
  readonly examples: readonly Example[];
  readonly batches: BatchOptions;
  readonly precision: Precision;
  readonly totalSteps: number;
  readonly options: HeldOutLossOptions;
  /** Of the model that is kept. */
  readonly eosToken: string | undefined;
};

export class HeldOutLoss {
  readonly #of: Measured;
  readonly #scores: CompiledFunction;
  #progress: HeldOutProgress;

  constructor(of: Measured) {
    this.#of = of;
    const { model, session, precision } = of;
    this.#scores = session.runtime.compile("evaluate", (...inputs) => [
      withPrecision(precision, () =>
        nextTokenScores(model.read(), model.config, inputs, of.options.loss_type),
      ),
    ]);
    const { data: kept } = HeldOutProgress.safeParse(session.resumed?.state.data["heldOut"]);
    this.#progress = kept ?? NOT_MEASURED;
  }

  /** For a checkpoint. */
  state(): HeldOutProgress {
    return this.#progress;
  }

  /** Measures where a measurement is due, and keeps the model where it is the best so far. */
  async measure(step: number): Promise<void> {
    const { session, model, options, totalSteps } = this.#of;
    if (!isDue(this.#progress, step, { ...options, max_steps: totalSteps })) return;
    const begun = performance.now();
    session.progress(step, totalSteps, "steps", "measuring", null, true);
    const { loss, entropy, accuracy } = await this.#pass();
    session.metrics(step, {
      eval_loss: loss,
      eval_mean_token_accuracy: accuracy,
      eval_entropy: entropy,
      eval_runtime: (performance.now() - begun) / 1000,
    });
    this.#progress = afterMeasurement(this.#progress, step, loss, LOSS);
    if (options.load_best_model_at_end && this.#progress.best?.step === step)
      session.keepBest(model, session.modelFolder("model"), { eosToken: this.#of.eosToken });
  }

  /** Why the stage should end here, in words; null where it should go on. */
  whyEnded(): string | null {
    return whyEnded(this.#progress, this.#of.options, LOSS);
  }

  /** The step whose model the stage gives; null: the last one's. */
  bestStep(): number | null {
    return this.#of.options.load_best_model_at_end ? (this.#progress.best?.step ?? null) : null;
  }

  /** Means over all held-out tokens that count. */
  async #pass(): Promise<{
    readonly loss: number;
    readonly entropy: number;
    readonly accuracy: number;
  }> {
    const { session, model, examples, batches } = this.#of;
    let [loss, entropy, right, tokens] = [0, 0, 0, 0];
    for (const { inputs } of passOver(examples, batches)) {
      // A stop or a cancel is obeyed between two batches.
      await session.boundary();
      const tensors = inputs();
      const [out] = this.#scores(...tensors);
      const values = out?.dataSync() ?? [];
      for (const tensor of [...tensors, ...(out === undefined ? [] : [out])]) tensor.dispose();
      loss += values[0] ?? Number.NaN;
      entropy += values[1] ?? Number.NaN;
      right += values[2] ?? Number.NaN;
      tokens += values[3] ?? Number.NaN;
    }
    session.meter.addScoring(
      model,
      examples.map(({ ids }) => ids.length),
    );
    return { loss: loss / tokens, entropy: entropy / tokens, accuracy: right / tokens };
  }
}
