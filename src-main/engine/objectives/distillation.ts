/** Generalized knowledge distillation (Agarwal et al. 2023, arXiv 2306.13649, algorithm 1): the divergence to a teacher over a step's tokens. */
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { hiddenStates, outputMatrix } from "../model/decoder.ts";
import type { SequenceLayout } from "../model/decoder.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { generalizedJsd } from "./generalized-jsd.ts";
import type { DivergenceOptions } from "./generalized-jsd.ts";
import type { Objective } from "./objective.ts";

export type DistillationOptions = Omit<DivergenceOptions, "temperature"> &
  Pick<SequenceLayout, "recompute">;

/** As in TRL, whose trainer gives the temperature to the sampler and not to the loss. */
const LOSS_TEMPERATURE = 1;

/**
 * Inputs: ids (B, T+1) int32; mask (N), 1 where the next token counts; denominator, a scalar: the tokens that count in the
 * whole optimizer step; the teacher's hidden states (N, D) there; and, where logits are not asked of all B·T places, those
 * places (N) int32.
 * loss = Σ mask · D(teacher, student) / denominator. Stats, each Σ mask · x / denominator: the student's entropy, and
 * whether both have the same likeliest token.
 * @param teacherOutput the teacher's output matrix (V, D), read where it is called. Where the models' matrices have
 *   different numbers of rows, the first ones alone count: those beyond stand for no token, and some families fill them up
 *   differently by size. TRL refuses such pairs.
 */
export function distillationObjective(
  config: ModelConfig,
  teacherOutput: () => Tensor,
  { recompute, ...options }: DistillationOptions,
): Objective {
  return (weights, inputs) => {
    const [ids, mask, denominator, taught, places] = inputs as readonly [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor?,
    ];
    const [b, columns] = ids.shape as [number, number];
    const t = columns - 1;
    const hidden = hiddenStates(weights, config, tf.slice(ids, [0, 0], [b, t]), {
      recompute: recompute ?? false,
    });
    const flat = tf.reshape(hidden, [b * t, config.hiddenSize]);
    const asked = places === undefined ? flat : tf.gather(flat, places);
    const [own, teachers] = [outputMatrix(weights, config), teacherOutput()];
    const tokens = Math.min(own.shape[0] ?? 0, teachers.shape[0] ?? 0);
    const { divergence, agreement, entropy } = generalizedJsd(
      { hidden: asked, output: firstRows(own, tokens) },
      { hidden: taught, output: firstRows(teachers, tokens) },
      { ...options, temperature: LOSS_TEMPERATURE },
    );
    const mean = (x: Tensor): Tensor => tf.div(tf.sum(tf.mul(x, mask)), denominator);
    return { loss: mean(divergence), stats: [mean(entropy), mean(agreement)] };
  };
}

function firstRows(matrix: Tensor, count: number): Tensor {
  const [rows, width] = matrix.shape as [number, number];
  return rows === count ? matrix : tf.slice(matrix, [0, 0], [count, width]);
}
