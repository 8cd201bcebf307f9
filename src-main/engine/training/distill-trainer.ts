/** On-policy distillation on given rows: one call of `step` is one optimizer step towards the teacher on their completions. */
import type { DistillStage } from "#shared/schema/stages/distill-stage.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { distillationObjective } from "../objectives/distillation.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { batchTensors, stepBatches } from "./policy-batches.ts";
import type { PolicyBatch, SampledRow } from "./policy-batches.ts";
import { TeacherPass } from "./teacher-pass.ts";
import { optimizerOf, Trainer } from "./trainer.ts";
import type { StepOptions } from "./trainer.ts";

export type DistillOptions = StepOptions &
  Pick<DistillStage, "beta" | "loss_top_k" | "loss_add_tail">;

/** Means over the step's completion tokens, under the weights just before it. */
export type DistillStepMetrics = {
  readonly loss: number;
  readonly gradNorm: number;
  /** Of the student, in nats. */
  readonly entropy: number;
  /** Share of tokens at which both hold the same token the likeliest. */
  readonly agreement: number;
  /** Of the rows that were trained on, prompts included. */
  readonly lengths: readonly number[];
};

export class DistillTrainer {
  readonly #student: LanguageModel;
  readonly #options: DistillOptions;
  readonly #teacher: TeacherPass;
  readonly #trainer: Trainer;

  constructor(
    runtime: Runtime,
    student: LanguageModel,
    teacher: LanguageModel,
    options: DistillOptions,
  ) {
    this.#student = student;
    this.#options = options;
    const precision = options.bf16 ? "bfloat16" : "float32";
    this.#teacher = new TeacherPass(runtime, teacher, precision);
    const objective = distillationObjective(student.config, () => this.#teacher.output(), {
      beta: options.beta,
      topK: options.loss_top_k,
      addTail: options.loss_add_tail,
      recompute: options.gradient_checkpointing,
    });
    this.#trainer = new Trainer(runtime, student, objective, {
      ...optimizerOf(options),
      precision,
    });
  }

  get optimizer(): Trainer["optimizer"] {
    return this.#trainer.optimizer;
  }

  /**
   * @param moreHalvings of the rows computed together, beside those of the options
   * @throws NonFiniteError, with weights and moments as they were.
   */
  step(
    rows: readonly SampledRow[],
    learningRate: number,
    step: number,
    moreHalvings = 0,
  ): DistillStepMetrics {
    const active = rows.flatMap(({ completionIds }, i) => (completionIds.length > 0 ? [i] : []));
    const tokens = rows.reduce((sum, { completionIds }) => sum + completionIds.length, 0);
    const sums = { loss: 0, entropy: 0, agreement: 0 };
    let part = 0;
    for (const batch of stepBatches(
      this.#student.config,
      rows,
      this.#options,
      active,
      moreHalvings,
    )) {
      const inputs = this.#inputs(batch, tokens);
      try {
        const [loss, entropy, agreement] = this.#trainer.accumulate(inputs, [step, part++]);
        sums.loss += loss ?? 0;
        sums.entropy += entropy ?? 0;
        sums.agreement += agreement ?? 0;
      } finally {
        for (const tensor of inputs) tensor.dispose();
      }
    }
    const lengths = active.map((i) => lengthOf(rows[i]));
    return { ...sums, gradNorm: this.#trainer.apply(learningRate, step), lengths };
  }

  dispose(): void {
    this.#teacher.dispose();
    this.#trainer.dispose();
  }

  /** What `distillationObjective` takes. */
  #inputs(batch: PolicyBatch, tokens: number): Tensor[] {
    const everywhere = batch.rows.length * (batch.columns - 1);
    const places = batch.places ?? Int32Array.from({ length: everywhere }, (_, place) => place);
    const hidden = this.#teacher.hidden(batch.ids, batch.columns, places);
    const mask = new Float32Array(batch.computed);
    batch.rows.forEach(({ completionIds }, r) => {
      const from = batch.starts[r] ?? 0;
      mask.fill(1, from, from + completionIds.length);
    });
    const [ids, ...asked] = batchTensors(batch);
    return [ids as Tensor, tf.tensor1d(mask), tf.scalar(tokens), hidden, ...asked];
  }
}

function lengthOf(row: SampledRow | undefined): number {
  return (row?.promptIds.length ?? 0) + (row?.completionIds.length ?? 0);
}
