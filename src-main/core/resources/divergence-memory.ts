/** What comparing a student with a teacher takes beside the student's own training: objectives/generalized-jsd.ts, training/teacher-pass.ts. */
import type { DistillStage } from "#shared/schema/stages/distill-stage.ts";
import type { ModelConfig } from "../formats/model-config.ts";
import {
  activationBytes,
  DIVERGENCE_AT_ONCE,
  keptBytes,
  rowsToScore,
  scoringBytes,
} from "./rows-at-once.ts";

const FLOAT = 4;
/** Tensors of the size of a chunk of one model's logits: both models' logarithms, their mixture's, exponentials, slopes. */
const DIVERGENCE_TENSORS = 8;
/** Those that are left where a few tokens are compared: one model's logarithms while the other's are made, the gradient. */
const TOP_K_TENSORS = 5;
/** Of the compared tokens alone: their places in the chunk (rows, indices and both together), both models' values, slopes. */
const COMPARED_TENSORS = 14;

/**
 * Bytes at the moment when both models' logits of a chunk are compared, beside what the student's layers keep: the chunk,
 * and the teacher's hidden states of all `places`.
 */
export function divergenceBytes(
  { vocabSize }: ModelConfig,
  teacher: ModelConfig,
  places: number,
  { loss_top_k: topK }: Pick<DistillStage, "loss_top_k">,
): number {
  const isWhole = topK === 0 || topK >= vocabSize;
  const ofPlace = isWhole
    ? DIVERGENCE_TENSORS * vocabSize
    : TOP_K_TENSORS * vocabSize + COMPARED_TENSORS * (topK + 1);
  const together = Math.min(places, DIVERGENCE_AT_ONCE / vocabSize);
  return FLOAT * (together * ofPlace + places * teacher.hiddenSize);
}

/**
 * Bytes of the student's rows around their loss. Both models' logits are compared before the first layer's gradients are
 * there: whichever moment holds more counts.
 */
export function distilledBytes(
  student: ModelConfig,
  teacher: ModelConfig,
  { rows, columns, places }: Readonly<Record<"rows" | "columns" | "places", number>>,
  options: Pick<DistillStage, "loss_top_k" | "gradient_checkpointing">,
): number {
  const recompute = options.gradient_checkpointing;
  const compared =
    keptBytes(student, rows, columns, recompute) +
    divergenceBytes(student, teacher, places, options);
  return Math.max(compared, activationBytes(student, rows, columns, recompute, 0));
}

/** Bytes of the teacher's pass over rows of `columns` tokens: as many together as fit, and all rows' hidden states. */
export function teacherPassBytes(teacher: ModelConfig, rows: number, columns: number): number {
  const together = rowsToScore(teacher, columns, rows);
  return scoringBytes(teacher, together, columns, 0) + FLOAT * rows * columns * teacher.hiddenSize;
}
