/** What comparing a student with a teacher takes beside the student's own training: objectives/generalized-jsd.ts, training/teacher-pass.ts. */
import type { ModelConfig } from "../formats/model-config.ts";
import { DIVERGENCE_AT_ONCE, LOGITS_AT_ONCE, rowsToScore, scoringBytes } from "./rows-at-once.ts";

const FLOAT = 4;
/** Tensors of the size of a chunk of one model's logits: both models' logarithms, their mixture's, exponentials, slopes. */
const DIVERGENCE_TENSORS = 8;
/** What `activationBytes` counts of a chunk of logits. */
const LOGIT_TENSORS = 2;

/** Bytes of a chunk of two models' logits, more than of the chunk of one that `activationBytes` has; and the teacher's hidden states. */
export function divergenceBytes(config: ModelConfig, teacher: ModelConfig, places: number): number {
  const all = places * config.vocabSize;
  const compared = DIVERGENCE_TENSORS * Math.min(all, DIVERGENCE_AT_ONCE);
  const counted = LOGIT_TENSORS * Math.min(all, LOGITS_AT_ONCE);
  return FLOAT * (Math.max(0, compared - counted) + places * teacher.hiddenSize);
}

/** Bytes of the teacher's pass over rows of `columns` tokens: as many together as fit, and all rows' hidden states. */
export function teacherPassBytes(teacher: ModelConfig, rows: number, columns: number): number {
  const together = rowsToScore(teacher, columns, rows);
  return scoringBytes(teacher, together, columns, 0) + FLOAT * rows * columns * teacher.hiddenSize;
}
