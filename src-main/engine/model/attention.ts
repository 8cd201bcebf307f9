/**
 * Grouped-query attention over whole sequences, in pieces of queries: scores take memory by the square of the length, a
 * piece's by the length. The backward pass makes a piece's weights again (Dao et al. 2022, arXiv 2205.14135, without its
 * blocks of keys), and what lies after a piece's last query is not computed at all.
 *
 * Shapes: B rows, T tokens, H heads, K key-value heads, G = H / K, h head dimension; a piece has C queries and the S keys
 * up to its last.
 */
import { after } from "../runtime/tensorflow/ordered.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { MASKED } from "./layers.ts";
import { attentionPieces } from "#main/core/resources/attention-pieces.ts";
import type { Piece } from "#main/core/resources/attention-pieces.ts";

/**
 * What each piece's queries may see, addable to (B, K, G, C, S): every key up to the query itself, from column
 * `earliest` (B, T) or (B, 1) int32 on where that is given.
 */
export function attentionMasks(tokens: number, earliest?: Tensor): Tensor[] {
  const b = earliest?.shape[0] ?? 1;
  return attentionPieces(tokens).map(({ first, count }) => {
    const keys = tf.reshape(tf.range(0, first + count, 1, "int32"), [1, 1, 1, 1, first + count]);
    const queries = tf.reshape(tf.range(first, first + count, 1, "int32"), [1, 1, 1, count, 1]);
    const late = tf.cast(tf.greater(keys, queries), "float32");
    if (earliest === undefined) return tf.mul(late, MASKED);
    const whole = earliest.shape[1] === 1;
    const from = whole ? earliest : tf.slice(earliest, [0, first], [b, count]);
    const early = tf.less(keys, tf.reshape(from, [b, 1, 1, whole ? 1 : count, 1]));
    return tf.mul(tf.maximum(late, tf.cast(early, "float32")), MASKED);
  });
}

/**
 * q (B, H, T, h), k and v (B, K, T, h), masks of `attentionMasks` → (B, H, T, h). The G query heads of a key head are
 * folded into matmul rows, so keys are never repeated.
 */
export function groupedAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  masks: readonly Tensor[],
): Tensor {
  const [mask] = masks;
  if (mask !== undefined && masks.length === 1) return pieceOf(q, k, v, mask).mixed;
  return tf.customGrad((...args) => {
    const [queries, keys, values, save] = args as unknown as [
      Tensor,
      Tensor,
      Tensor,
      (tensors: Tensor[]) => void,
    ];
    save([queries, keys, values, ...masks]);
    const pieces = attentionPieces(queries.shape[2] ?? 0);
    const made: Tensor[] = [];
    pieces.forEach((piece, i) => {
      // One after the other: side by side their scores would be in memory together.
      const before = made.at(-1);
      const own = rowsOf(queries, piece);
      const ordered = before === undefined ? own : after(own, before);
      const [seenKeys, seenValues] = [keys, values].map((x) => upTo(x, piece));
      made.push(
        pieceOf(ordered, seenKeys as Tensor, seenValues as Tensor, masks[i] as Tensor).mixed,
      );
    });
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => backward(dy, saved, pieces);
    return { value: tf.concat(made, 2), gradFunc };
  })(q, k, v);
}

function rowsOf(x: Tensor, { first, count }: Piece): Tensor {
  const [b, heads, , dim] = x.shape as [number, number, number, number];
  return tf.slice(x, [0, 0, first, 0], [b, heads, count, dim]);
}

/** The keys that a piece's last query sees. */
function upTo(x: Tensor, { first, count }: Piece): Tensor {
  return rowsOf(x, { first: 0, count: first + count });
}

/** Attention weights (B·K, G·C, S) and mixed values (B, H, C, h) of q (B, H, C, h), k and v (B, K, S, h). */
function pieceOf(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  mask: Tensor,
): { readonly weights: Tensor; readonly mixed: Tensor } {
  const [b, heads, c, dim] = q.shape as [number, number, number, number];
  const [, kvHeads, s] = k.shape as [number, number, number, number];
  const group = heads / kvHeads;
  // Scaled before the product, where there is less to scale.
  const scores = tf.matMul(
    tf.reshape(tf.mul(q, 1 / Math.sqrt(dim)), [b * kvHeads, group * c, dim]),
    tf.reshape(k, [b * kvHeads, s, dim]),
    false,
    true,
  );
  const shares = tf.softmax(tf.add(tf.reshape(scores, [b, kvHeads, group, c, s]), mask));
  const weights = tf.reshape(shares, [b * kvHeads, group * c, s]);
  const mixed = tf.matMul(weights, tf.reshape(v, [b * kvHeads, s, dim]));
  return { weights, mixed: tf.reshape(mixed, [b, heads, c, dim]) };
}

/**
 * With P the weights and dO the upstream gradient: dV = Pᵀ dO, dP = dO Vᵀ, dS = P ∘ (dP − Σ P ∘ dP),
 * dQ = dS K / √h, dK = dSᵀ Q / √h.
 */
function backward(dy: Tensor, saved: readonly Tensor[], pieces: readonly Piece[]): Tensor[] {
  const [q, k, v, ...masks] = saved as [Tensor, Tensor, Tensor, ...Tensor[]];
  const [b, heads, t, dim] = q.shape as [number, number, number, number];
  const kvHeads = k.shape[1] ?? 1;
  const group = heads / kvHeads;
  const made: Tensor[] = [];
  let dk: Tensor | undefined;
  let dv: Tensor | undefined;
  pieces.forEach((piece, i) => {
    const seen = piece.first + piece.count;
    // Late, or the compiler would find the forward pass's weights and keep them all.
    const late = after(rowsOf(q, piece), made.at(-1) ?? dy);
    const [keys, values] = [k, v].map((x) => upTo(x, piece)) as [Tensor, Tensor];
    const { weights } = pieceOf(late, keys, values, masks[i] as Tensor);
    const folded = (x: Tensor): Tensor => tf.reshape(x, [b * kvHeads, group * piece.count, dim]);
    const flat = (x: Tensor): Tensor => tf.reshape(x, [b * kvHeads, seen, dim]);
    const spread = (x: Tensor): Tensor =>
      tf.pad(tf.reshape(x, [b, kvHeads, seen, dim]), [
        [0, 0],
        [0, 0],
        [0, t - seen],
        [0, 0],
      ]);
    const up = folded(rowsOf(dy, piece));
    const dWeights = tf.matMul(up, flat(values), false, true);
    const total = tf.sum(tf.mul(weights, dWeights), -1, true);
    const dScores = tf.mul(tf.mul(weights, tf.sub(dWeights, total)), 1 / Math.sqrt(dim));
    made.push(tf.reshape(tf.matMul(dScores, flat(keys)), [b, heads, piece.count, dim]));
    const ofKeys = spread(tf.matMul(dScores, folded(late), true, false));
    const ofValues = spread(tf.matMul(weights, up, true, false));
    dk = dk === undefined ? ofKeys : tf.add(dk, ofKeys);
    dv = dv === undefined ? ofValues : tf.add(dv, ofValues);
  });
  return [tf.concat(made, 2), dk as Tensor, dv as Tensor];
}
