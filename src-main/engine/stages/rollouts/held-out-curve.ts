/**
 * A policy measured while it learns: the same held-out problems every `eval_steps`, pass@1 with its 95% interval. The
 * model that measured highest is kept, and a stage whose accuracy no longer rises can end early.
 */
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { bootstrapMean, mean } from "#main/core/evaluation/bootstrap.ts";
import {
  ACCURACY,
  afterMeasurement,
  HeldOutProgress,
  isDue,
  NOT_MEASURED,
  whyEnded,
} from "#main/core/evaluation/held-out-progress.ts";
import { evaluationDataOf, heldOutProblems } from "#main/core/problems/evaluation-data.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { promptIds } from "#main/core/text/prompt-ids.ts";
import { stopIds } from "#main/core/text/templates/stop-ids.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import { judgeTexts } from "#main/core/verifiers/judging/judge-texts.ts";
import { deriveSeed, hash32 } from "#main/platform/random.ts";
import type { LanguageModel } from "../../model/language-model.ts";
import type { Sampler } from "../../sampling/sampler.ts";
import { completionText } from "./completion-text.ts";
import { preparing, suppliesOf } from "../session/stage-problems.ts";
import type { StageSession } from "../session/stage-session.ts";

type Measured = {
  readonly session: StageSession;
  readonly stage: GrpoStage;
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  readonly sampler: Sampler;
};

const BOOTSTRAP_SEED = 1;

export class HeldOutCurve {
  readonly #of: Measured;
  readonly #problems: readonly Problem[];
  #progress: HeldOutProgress;

  private constructor(of: Measured, problems: readonly Problem[], progress: HeldOutProgress) {
    this.#of = of;
    this.#problems = problems;
    this.#progress = progress;
  }

  /**
   * Null where the stage asks for no measurements.
   * @param kept what `state` gave at the checkpoint that the run goes on from
   */
  static async open(of: Measured, kept: unknown): Promise<HeldOutCurve | null> {
    const { session, stage } = of;
    const data = evaluationDataOf(stage);
    if (data === undefined) return null;
    const from = suppliesOf(session);
    const problems = await heldOutProblems(data, stage.eval_problems, from, preparing(session));
    const { data: progress = NOT_MEASURED } = HeldOutProgress.safeParse(kept);
    return new HeldOutCurve(of, problems, progress);
  }

  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** For a checkpoint. */
  state(): HeldOutProgress {
    return this.#progress;
  }

  /** Measures where a measurement is due, and keeps the model where it is the best so far. */
  async measure(step: number): Promise<void> {
    const { session, stage, model } = this.#of;
    if (!isDue(this.#progress, step, stage)) return;
    const begun = performance.now();
    const { accuracies, lengths, cut } = await this.#ask(step);
    const { value, low, high } = bootstrapMean(accuracies, { seed: BOOTSTRAP_SEED, share: true });
    session.metrics(step, {
      eval_accuracy: value,
      "eval_accuracy/low": low,
      "eval_accuracy/high": high,
      "eval_completions/mean_length": mean(lengths),
      "eval_completions/clipped_ratio": cut / lengths.length,
      eval_runtime: (performance.now() - begun) / 1000,
    });
    this.#progress = afterMeasurement(this.#progress, step, value, ACCURACY);
    if (stage.load_best_model_at_end && this.#progress.best?.step === step)
      session.keepBest(model, session.modelFolder("model"));
  }

  /** Why the stage should end here, in words; null where it should go on. */
  whyEnded(): string | null {
    return whyEnded(this.#progress, this.#of.stage, ACCURACY);
  }

  /** The step whose model the stage gives; null: the last one's. */
  bestStep(): number | null {
    return this.#of.stage.load_best_model_at_end ? (this.#progress.best?.step ?? null) : null;
  }

  async #ask(step: number): Promise<{
    readonly accuracies: number[];
    readonly lengths: number[];
    readonly cut: number;
  }> {
    const { session, stage, model, tokenizer, sampler } = this.#of;
    const seed = deriveSeed(session.request.seed, "held-out");
    session.progress(step, stage.max_steps, "steps", "measuring", null, true);
    const prompts = this.#problems.map((problem) => promptIds(tokenizer, problem, stage));
    const completions = await sampler.generate(
      prompts.map((ids, i) => ({
        promptIds: ids,
        seeds: Array.from({ length: stage.num_generations_eval }, (_, s) => hash32(seed, i, s)),
      })),
      { ...stage, stopIds: stopIds(tokenizer, model.config.eosTokenIds), signal: session.signal },
    );
    const sampled = this.#problems.flatMap((problem, i) =>
      (completions[i] ?? []).map((completion) => ({
        problem,
        completion,
        text: completionText(tokenizer, completion),
      })),
    );
    const scores = await judgeTexts(sampled, session.judging("strict", stage.answer_format));
    for (const [i, own] of completions.entries())
      session.meter.addSampling(
        model,
        prompts[i]?.length ?? 0,
        own.map(({ ids }) => ids.length),
      );
    const of = stage.num_generations_eval;
    return {
      accuracies: this.#problems.map((_, i) =>
        mean(scores.slice(i * of, (i + 1) * of).map(({ correct }) => (correct ? 1 : 0))),
      ),
      lengths: sampled.map(({ completion }) => completion.ids.length),
      cut: sampled.filter(({ completion }) => completion.finishReason === "length").length,
    };
  }
}
