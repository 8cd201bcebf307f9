/**
 * llama.cpp's tensor names for the hub's, and the one difference in content: its Llama models keep the rows of
 * each head's queries and keys as rotated pairs side by side, the hub as two halves (convert_hf_to_gguf.py, `permute`).
 */
import type { ModelConfig } from "../model-config.ts";

const OUTSIDE: Readonly<Record<string, string>> = {
  "model.embed_tokens": "token_embd",
  "model.norm": "output_norm",
  lm_head: "output",
};

const INSIDE: Readonly<Record<string, string>> = {
  input_layernorm: "attn_norm",
  "self_attn.q_proj": "attn_q",
  "self_attn.k_proj": "attn_k",
  "self_attn.v_proj": "attn_v",
  "self_attn.o_proj": "attn_output",
  "self_attn.q_norm": "attn_q_norm",
  "self_attn.k_norm": "attn_k_norm",
  post_attention_layernorm: "ffn_norm",
  "mlp.gate_proj": "ffn_gate",
  "mlp.up_proj": "ffn_up",
  "mlp.down_proj": "ffn_down",
};

/** The name in a GGUF file of the hub's tensor `name`. */
export function ggufName(name: string): string {
  const dot = name.lastIndexOf(".");
  const module = name.slice(0, dot);
  const kind = name.slice(dot);
  const [, layer, part] = /^model\.layers\.(\d+)\.(.+)$/.exec(module) ?? [];
  const found = part === undefined ? OUTSIDE[module] : INSIDE[part];
  if (found === undefined) throw new RangeError(`GGUF has no name for tensor "${name}"`);
  return part === undefined ? `${found}${kind}` : `blk.${layer}.${found}${kind}`;
}

/** Heads whose rows are kept as pairs in a GGUF file; 0 where the tensor is the same in both. */
function pairedHeads(config: ModelConfig, name: string): number {
  if (config.architecture !== "llama") return 0;
  if (name.includes(".q_proj.")) return config.numHeads;
  return name.includes(".k_proj.") ? config.numKeyValueHeads : 0;
}

/** A GGUF tensor's data in the order of the hub, or, with `toGguf`, the other way. */
export function reorderRows(
  config: ModelConfig,
  name: string,
  data: Float32Array,
  toGguf: boolean,
): Float32Array {
  const heads = pairedHeads(config, name);
  if (heads === 0) return data;
  const { headDim } = config;
  const columns = data.length / (heads * headDim);
  const out = new Float32Array(data.length);
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < headDim / 2; i++) {
      for (let half = 0; half < 2; half++) {
        const pair = (head * headDim + 2 * i + half) * columns;
        const halves = (head * headDim + half * (headDim / 2) + i) * columns;
        const [from, to] = toGguf ? [halves, pair] : [pair, halves];
        out.set(data.subarray(from, from + columns), to);
      }
    }
  }
  return out;
}
