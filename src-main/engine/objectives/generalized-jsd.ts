/**
 * The generalized Jensen-Shannon divergence of a teacher's and a student's next tokens (Agarwal et al. 2023, arXiv
 * 2306.13649, eq. 1), as TRL 1.16's GKDTrainer.generalized_jsd_loss has it. p: student, q: teacher, m = (1 − β) p + β q:
 *
 *   D = β KL(q ‖ m) + (1 − β) KL(p ‖ m)     0 < β < 1
 *   D = KL(q ‖ p)  forward KL               β = 0
 *   D = KL(p ‖ q)  reverse KL               β = 1
 *
 * By the formula alone both ends would be 0; TRL, and this, have the divergences that they tend to. Logits of both models
 * are made in chunks and made again by the backward pass: of the teacher no more than hidden states is ever kept.
 */
import { DIVERGENCE_AT_ONCE } from "#main/core/resources/rows-at-once.ts";
import { inTurn, partsOf, rowsOf } from "../model/token-logprobs.ts";
import { matMul } from "../runtime/matmul.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

/** Where a model's logits come from: hidden states (N, D) and the output matrix (V, D). */
export type Head = { readonly hidden: Tensor; readonly output: Tensor };

export type DivergenceOptions = {
  readonly beta: number;
  readonly temperature: number;
  /** Of the teacher's likeliest tokens alone, as TRL's loss_top_k; 0: of all tokens. */
  readonly topK: number;
  /** With `topK`: what is left of either distribution counts as one token more (TRL's loss_add_tail). */
  readonly addTail: boolean;
  readonly logitsAtOnce?: number;
};

export type Divergence = {
  /** (N), in nats; with gradient by the student's head. */
  readonly divergence: Tensor;
  /** (N): 1 where both have the same likeliest token. Without gradient. */
  readonly agreement: Tensor;
  /** (N): the student's entropy in nats, at the temperature. Without gradient. */
  readonly entropy: Tensor;
};

/** @throws RangeError where the heads are not of the same N and V. */
export function generalizedJsd(
  student: Head,
  teacher: Head,
  options: DivergenceOptions,
): Divergence {
  const [n] = student.hidden.shape as [number, number];
  const [v] = student.output.shape as [number, number];
  requireShape("rows", n, teacher.hidden.shape[0]);
  requireShape("tokens", v, teacher.output.shape[0]);
  const parts = partsOf(n, v, options.logitsAtOnce ?? DIVERGENCE_AT_ONCE);
  const scaledBy = (x: Tensor): Tensor =>
    options.temperature === 1 ? x : tf.mul(x, 1 / options.temperature);
  const compute = tf.customGrad((...inputs) => {
    const [h, w, save] = inputs as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
    const [scaled, taught] = [scaledBy(h), scaledBy(teacher.hidden)];
    const made: Tensor[] = [];
    for (const rows of parts) {
      const of = (x: Tensor): Tensor => inTurn(rowsOf(x, rows), made.at(-1));
      made.push(
        measure(logSoftmax(of(scaled), w), logSoftmax(of(taught), teacher.output), options),
      );
    }
    save([scaled, w, taught, teacher.output]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [kept, output, ofTeacher, teachers] = saved as [Tensor, Tensor, Tensor, Tensor];
      const upstream = tf.reshape(tf.slice(dy, [0, 0], [1, n]), [n]);
      let dOutput: Tensor | undefined;
      const pulled: Tensor[] = [];
      for (const rows of parts) {
        // After the forward pass: the compiler would else find its logits and keep them.
        const of = (x: Tensor): Tensor => inTurn(rowsOf(x, rows), pulled.at(-1) ?? upstream);
        const hidden = of(kept);
        const slope = logitGradient(
          logSoftmax(hidden, output),
          logSoftmax(of(ofTeacher), teachers),
          options,
        );
        const dLogits = tf.mul(slope, tf.reshape(rowsOf(upstream, rows), [-1, 1]));
        const ofPart = matMul(dLogits, hidden, true, false);
        dOutput = dOutput === undefined ? ofPart : tf.add(dOutput, ofPart);
        pulled.push(matMul(dLogits, output));
      }
      return [scaledBy(joined(pulled, 0)), dOutput as Tensor];
    };
    return { value: joined(made, 1), gradFunc };
  });
  const all = compute(student.hidden, student.output);
  const row = (index: number): Tensor => tf.reshape(tf.slice(all, [index, 0], [1, n]), [n]);
  return { divergence: row(0), agreement: row(1), entropy: row(2) };
}

function requireShape(what: string, student: number, teacher: number | undefined): void {
  if (student !== teacher)
    throw new RangeError(`${student} ${what} of the student against ${teacher} of the teacher`);
}

function joined(parts: readonly Tensor[], axis: number): Tensor {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : tf.concat([...parts], axis);
}

/** (n, D), (V, D) → (n, V). */
function logSoftmax(hidden: Tensor, output: Tensor): Tensor {
  const logits = matMul(hidden, output, false, true);
  const shifted = tf.sub(logits, tf.max(logits, -1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
}

/** log p, log q (n, V) → divergences, agreements and entropies (3, n). */
function measure(logP: Tensor, logQ: Tensor, options: DivergenceOptions): Tensor {
  const { p, q } = supportOf(logP, logQ, options);
  const agreement = tf.cast(tf.equal(tf.argMax(logP, -1), tf.argMax(logQ, -1)), "float32");
  const entropy = tf.neg(tf.sum(tf.mul(tf.exp(logP), logP), -1));
  return tf.stack([tf.sum(terms(p, q, options.beta), -1), agreement, entropy]);
}

type Support = {
  /** log p and log q of the tokens that are compared, (n, K): all of them, or the teacher's likeliest and the tail. */
  readonly p: Tensor;
  readonly q: Tensor;
  /** (n, k, 2): where those tokens stand in (n, V); undefined where all are compared. */
  readonly places?: Tensor;
};

function supportOf(logP: Tensor, logQ: Tensor, { topK, addTail }: DivergenceOptions): Support {
  const [n, v] = logP.shape as [number, number];
  if (topK === 0 || topK >= v) return { p: logP, q: logQ };
  const { values, indices } = tf.topk(logQ, topK, false);
  const ofRow = tf.tile(tf.reshape(tf.range(0, n, 1, "int32"), [n, 1]), [1, topK]);
  const places = tf.stack([ofRow, tf.cast(indices, "int32")], 2);
  const likeliest = tf.gatherND(logP, places);
  if (!addTail) return { p: likeliest, q: values, places };
  return { p: withTail(likeliest), q: withTail(values), places };
}

/** The nearest to 1 that a sum of probabilities may come, as in TRL: the rest has a logarithm. */
const LEAST_TAIL = 1e-7;

/** (n, k) → (n, k + 1): the logarithm of what is left to 1. */
function withTail(logs: Tensor): Tensor {
  const total = tf.minimum(tf.logSumExp(logs, -1, true), -LEAST_TAIL);
  return tf.concat([logs, tf.log(tf.neg(tf.expm1(total)))], -1);
}

/** What each token adds to the divergence. */
function terms(logP: Tensor, logQ: Tensor, beta: number): Tensor {
  if (beta === 0) return tf.mul(tf.exp(logQ), tf.sub(logQ, logP));
  if (beta === 1) return tf.mul(tf.exp(logP), tf.sub(logP, logQ));
  const logM = logMixture(logP, logQ, beta);
  return tf.add(
    tf.mul(tf.mul(tf.exp(logQ), tf.sub(logQ, logM)), beta),
    tf.mul(tf.mul(tf.exp(logP), tf.sub(logP, logM)), 1 - beta),
  );
}

/** log((1 − β) p + β q), however small both are. */
function logMixture(logP: Tensor, logQ: Tensor, beta: number): Tensor {
  const a = tf.add(logP, Math.log1p(-beta));
  const b = tf.add(logQ, Math.log(beta));
  return tf.add(tf.maximum(a, b), tf.log1p(tf.exp(tf.neg(tf.abs(tf.sub(a, b))))));
}

/** ∂D / ∂ log p of each token: −q, p (log(p / q) + 1), or (1 − β) p log(p / m), in which m's own slopes cancel. */
function slopes(logP: Tensor, logQ: Tensor, beta: number): Tensor {
  if (beta === 0) return tf.neg(tf.exp(logQ));
  if (beta === 1) return tf.mul(tf.exp(logP), tf.add(tf.sub(logP, logQ), 1));
  const logM = logMixture(logP, logQ, beta);
  return tf.mul(tf.mul(tf.exp(logP), tf.sub(logP, logM)), 1 - beta);
}

/**
 * ∂D / ∂z (n, V) for p = softmax(z). With a = ∂D / ∂ log p and A = Σ a: a − p A. Of the teacher's likeliest tokens S
 * alone the same holds in S, and p (a_tail / p_tail − A) elsewhere.
 */
function logitGradient(logP: Tensor, logQ: Tensor, options: DivergenceOptions): Tensor {
  const { p, q, places } = supportOf(logP, logQ, options);
  const a = slopes(p, q, options.beta);
  const total = tf.sum(a, -1, true);
  if (places === undefined) return tf.sub(a, tf.mul(tf.exp(logP), total));
  const [n, k] = places.shape as [number, number, number];
  const [ofSupport, pOfSupport] = [a, tf.exp(p)].map((x) => tf.slice(x, [0, 0], [n, k])) as [
    Tensor,
    Tensor,
  ];
  const last = (x: Tensor): Tensor => tf.slice(x, [0, k], [n, 1]);
  const elsewhere = options.addTail
    ? tf.sub(tf.div(last(a), tf.exp(last(p))), total)
    : tf.neg(total);
  const inSupport = tf.sub(ofSupport, tf.mul(pOfSupport, total));
  return tf.tensorScatterUpdate(tf.mul(tf.exp(logP), elsewhere), places, inSupport);
}
