/**
 * Log-probabilities of given tokens, and the entropy of the distributions they came from.
 *
 * Logits are the largest tensor of a training step: tokens × vocabulary. They are made in chunks; where they are
 * small they are kept for the backward pass, where they are large it makes them again, so that no more than a few
 * chunks are ever in memory.
 */
import { matMul } from "../runtime/matmul.ts";
import { after } from "../runtime/tensorflow/ordered.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { LOGITS_AT_ONCE } from "#main/core/resources/rows-at-once.ts";

export type TokenLogprobs = {
  /** (N): log p(target). */
  readonly logprobs: Tensor;
  /** (N): entropy in nats, without gradient unless it was asked for. */
  readonly entropy: Tensor;
};

export type TokenScores = TokenLogprobs & {
  /** (N) float: 1 where no token is likelier. */
  readonly top: Tensor;
};

export type TokenLogprobOptions = {
  /** Whether entropies have a gradient: an entropy bonus needs it, and every other loss does without its work. */
  readonly entropyGradient?: boolean;
  readonly logitsAtOnce?: number;
};

export type Rows = { readonly first: number; readonly count: number };

/** One part where all logits fit, which are then kept for the backward pass. */
export function partsOf(rows: number, vocabulary: number, atOnce: number): Rows[] {
  const count = rows * vocabulary <= atOnce ? rows : Math.max(1, Math.floor(atOnce / vocabulary));
  return Array.from({ length: Math.ceil(rows / count) }, (_, i) => ({
    first: i * count,
    count: Math.min(count, rows - i * count),
  }));
}

/** x after the part before: side by side, the logits of all parts would be in memory. */
export function inTurn(x: Tensor, before: Tensor | undefined): Tensor {
  return before === undefined ? x : after(x, before);
}

export function rowsOf(x: Tensor, { first, count }: Rows): Tensor {
  return x.rank === 1
    ? tf.slice(x, [first], [count])
    : tf.slice(x, [first, 0], [count, x.shape[1] ?? 0]);
}

/**
 * hidden (N, D), output (V, D), targets (N) int32 → log-probabilities at `temperature`.
 * With p = softmax(z), z = hidden · outputᵀ / temperature: ∂ log p(y) / ∂z = onehot(y) − p, in which the
 * one-hot part changes one number of each row in place. The entropy's, where asked: ∂H / ∂z = −p (log p + H).
 */
export function tokenLogprobs(
  hidden: Tensor,
  output: Tensor,
  targets: Tensor,
  temperature: number,
  { entropyGradient = false, logitsAtOnce = LOGITS_AT_ONCE }: TokenLogprobOptions = {},
): TokenLogprobs {
  const [n] = hidden.shape as [number, number];
  const [v] = output.shape as [number, number];
  const parts = partsOf(n, v, logitsAtOnce);
  const compute = tf.customGrad((...inputs) => {
    const [h, w, save] = inputs as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
    const scaled = temperature === 1 ? h : tf.mul(h, 1 / temperature);
    const made: ReturnType<typeof scoreRows>[] = [];
    for (const rows of parts) {
      const before = made.at(-1)?.logprobs;
      made.push(scoreRows(inTurn(rowsOf(scaled, rows), before), w, rowsOf(targets, rows)));
    }
    const join = (pick: (part: (typeof made)[number]) => Tensor): Tensor =>
      made.length === 1 && made[0] !== undefined ? pick(made[0]) : tf.concat(made.map(pick));
    const logNormalizer = join((part) => part.logNormalizer);
    const entropy = join((part) => part.entropy);
    const value = tf.stack([join((part) => part.logprobs), entropy]);
    const [whole] = made;
    const kept = made.length === 1 && whole !== undefined ? [whole.mass, whole.total] : [];
    // What the backward pass uses must be saved: everything else is freed before it runs.
    save([scaled, w, logNormalizer, targets, ...(entropyGradient ? [entropy] : []), ...kept]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const of = (index: number): Tensor => tf.reshape(tf.slice(dy, [index, 0], [1, n]), [n]);
      if (!entropyGradient) return backward(of(0), null, saved, parts, temperature);
      const [h, output_, normalizer, ids, entropies, ...rest] = saved as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        ...Tensor[],
      ];
      const pulled = { upstream: of(1), entropies };
      return backward(of(0), pulled, [h, output_, normalizer, ids, ...rest], parts, temperature);
    };
    return { value, gradFunc };
  });
  const both = compute(hidden, output);
  const row = (index: number): Tensor => tf.reshape(tf.slice(both, [index, 0], [1, n]), [n]);
  return { logprobs: row(0), entropy: row(1) };
}

/** The same at temperature 1 without a gradient, and whether the target is the likeliest. */
export function tokenScores(
  hidden: Tensor,
  output: Tensor,
  targets: Tensor,
  logitsAtOnce = LOGITS_AT_ONCE,
): TokenScores {
  const [n] = hidden.shape as [number, number];
  const [v] = output.shape as [number, number];
  const made: TokenScores[] = [];
  for (const rows of partsOf(n, v, logitsAtOnce)) {
    const part = inTurn(rowsOf(hidden, rows), made.at(-1)?.logprobs);
    const { logprobs, entropy, below } = scoreRows(part, output, rowsOf(targets, rows));
    made.push({ logprobs, entropy, top: tf.cast(tf.greaterEqual(below, 0), "float32") });
  }
  const join = (pick: (part: TokenScores) => Tensor): Tensor => tf.concat(made.map(pick));
  return {
    logprobs: join((part) => part.logprobs),
    entropy: join((part) => part.entropy),
    top: join((part) => part.top),
  };
}

function scoreRows(scaled: Tensor, w: Tensor, targets: Tensor) {
  const logits = matMul(scaled, w, false, true);
  const highest = tf.max(logits, -1, true);
  const shifted = tf.sub(logits, highest);
  const mass = tf.exp(shifted);
  const total = tf.sum(mass, -1);
  const logTotal = tf.log(total);
  const logNormalizer = tf.add(logTotal, tf.reshape(highest, [-1]));
  // Of the same logits as the normalizer: in bfloat16 others would differ from them by more than 1 − p of a likely token.
  const below = tf.gatherND(shifted, placesOf(targets));
  const logprobs = tf.sub(below, logTotal);
  // H = log Σ e^s − Σ s e^s / Σ e^s, s the shifted logits.
  const entropy = tf.sub(logTotal, tf.div(tf.sum(tf.mul(mass, shifted), -1), total));
  return { mass, total, logNormalizer, logprobs, entropy, below };
}

/** Where each row's target stands in (N, V): (N, 2). */
function placesOf(targets: Tensor): Tensor {
  return tf.stack([tf.range(0, targets.size, 1, "int32"), targets], 1);
}

/** The upstream gradient (N) of the entropies, and the entropies (N). */
type EntropyPull = { readonly upstream: Tensor; readonly entropies: Tensor };

/** The least probability whose logarithm is taken: what is below counts nothing, and its logarithm would be −∞. */
const LEAST = 1e-37;

/** Gradients of hidden (N, D) and output (V, D) for the upstream gradients (N) of the log-probabilities and, where asked, the entropies. */
function backward(
  upstream: Tensor,
  entropy: EntropyPull | null,
  saved: readonly Tensor[],
  parts: readonly Rows[],
  temperature: number,
): Tensor[] {
  const [scaled, w, logNormalizer, targets, mass, total] = saved as readonly [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor?,
    Tensor?,
  ];
  let dw: Tensor | undefined;
  const pulled: Tensor[] = [];
  for (const rows of parts) {
    const h = inTurn(rowsOf(scaled, rows), pulled.at(-1));
    const pull = tf.neg(rowsOf(upstream, rows));
    const column = (x: Tensor): Tensor => tf.reshape(x, [-1, 1]);
    let others: Tensor;
    if (entropy !== null) {
      const p =
        mass !== undefined && total !== undefined
          ? tf.div(mass, column(total))
          : tf.exp(tf.sub(matMul(h, w, false, true), column(rowsOf(logNormalizer, rows))));
      const above = tf.add(tf.log(tf.maximum(p, LEAST)), column(rowsOf(entropy.entropies, rows)));
      const pulledUp = tf.mul(above, column(rowsOf(entropy.upstream, rows)));
      others = tf.mul(p, tf.sub(column(pull), pulledUp));
    } else if (mass !== undefined && total !== undefined) {
      others = tf.mul(mass, column(tf.div(pull, total)));
    } else {
      const p = tf.exp(tf.sub(matMul(h, w, false, true), column(rowsOf(logNormalizer, rows))));
      others = tf.mul(p, column(pull));
    }
    const places = placesOf(rowsOf(targets, rows));
    const atTargets = tf.sub(tf.gatherND(others, places), pull);
    const dLogits = tf.tensorScatterUpdate(others, places, atTargets);
    const ofPart = matMul(dLogits, h, true, false);
    dw = dw === undefined ? ofPart : tf.add(dw, ofPart);
    pulled.push(matMul(dLogits, w));
  }
  const all = pulled.length === 1 && pulled[0] !== undefined ? pulled[0] : tf.concat(pulled);
  return [temperature === 1 ? all : tf.mul(all, 1 / temperature), dw as Tensor];
}
