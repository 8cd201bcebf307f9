/** What the speed benchmark measures: one row, one process on each side, so that peaks of memory are the row's own. */

export type Precision = "float32" | "bfloat16";

export type Row = {
  readonly name: string;
  readonly note: string;
  /** What a measurement counts; rates compare as ours ÷ peer, times as peer ÷ ours. */
  readonly unit: "tokens/s" | "seconds";
  /** The least ratio that is wanted. */
  readonly asked: number | null;
  /** Whether our peak of memory is to be no more than the peer's. */
  readonly comparesMemory?: boolean;
  /** Needs SmolLM2-135M-Instruct. */
  readonly real: boolean;
  readonly ours: Precision;
  readonly peer: Precision;
};

const REAL_TRAINING = "SmolLM2-135M, 8 rows × 128 tokens, AdamW with clipping";
const REAL_SAMPLING = "64 prompt and 64 new tokens a row, temperature 1";
const SMALL_TRAINING = "4.85M-parameter Qwen2, 64 rows × 128 tokens, AdamW with clipping";
const SMALL_SAMPLING =
  "4.85M-parameter Qwen2, 64 rows, 32 prompt and 96 new tokens a row, temperature 1";
const GRPO = "SmolLM2-135M, 8 prompts × 8 completions of 48 tokens, sampled and learnt from";

export const ROWS: readonly Row[] = [
  row("training-135m", "tokens/s", 1.4, "float32", "float32", REAL_TRAINING, true),
  row("training-135m-bf16", "tokens/s", 1.5, "bfloat16", "bfloat16", REAL_TRAINING, true),
  row("sampling-135m-32", "tokens/s", 3, "bfloat16", "float32", `32 rows, ${REAL_SAMPLING}`),
  row("sampling-135m-32-fp32", "tokens/s", null, "float32", "float32", `32 rows, ${REAL_SAMPLING}`),
  row(
    "sampling-135m-32-bf16",
    "tokens/s",
    null,
    "bfloat16",
    "bfloat16",
    `32 rows, ${REAL_SAMPLING}`,
  ),
  row("sampling-135m-8", "tokens/s", 2.5, "bfloat16", "float32", `8 rows, ${REAL_SAMPLING}`),
  row("sampling-135m-8-bf16", "tokens/s", null, "bfloat16", "bfloat16", `8 rows, ${REAL_SAMPLING}`),
  row("training-small", "tokens/s", 1.3, "float32", "float32", SMALL_TRAINING),
  row("training-small-bf16", "tokens/s", 1.3, "bfloat16", "bfloat16", SMALL_TRAINING),
  row("sampling-small", "tokens/s", 3, "float32", "float32", SMALL_SAMPLING),
  row("sampling-small-bf16", "tokens/s", 3, "bfloat16", "bfloat16", SMALL_SAMPLING),
  row("grpo-135m", "tokens/s", 2.5, "bfloat16", "bfloat16", GRPO, true),
  row("grpo-135m-fp32", "tokens/s", null, "float32", "float32", GRPO, true),
  row(
    "load-135m",
    "seconds",
    null,
    "float32",
    "float32",
    "SmolLM2-135M from safetensors into memory",
  ),
];

function row(
  name: string,
  unit: Row["unit"],
  asked: number | null,
  ours: Precision,
  peer: Precision,
  note: string,
  comparesMemory = false,
): Row {
  return { name, unit, asked, ours, peer, note, comparesMemory, real: name.includes("135m") };
}

/** Sizes that both sides use; the peer reads them from its command line as JSON. */
export const SIZES = {
  training: {
    real: { rows: 8, tokens: 128, steps: 1 },
    small: { rows: 64, tokens: 128, steps: 4 },
  },
  sampling: {
    real: { promptTokens: 64, newTokens: 64 },
    small: { rows: 64, promptTokens: 32, newTokens: 96 },
  },
  grpo: { prompts: 8, completions: 8, newTokens: 48, microBatch: 32, learningRate: 1e-5 },
} as const;

/** Asked in GRPO's row, by both sides, through the model's own chat template. */
export const QUESTIONS = [
  "What is 47 plus 38?",
  "Can you add 12 and 59 for me?",
  "How much is 83 and 24 together?",
  "Please tell me the sum of 36 and 71.",
  "If I add 18 to 64, what do I get?",
  "I have 27 apples and get 45 more. How many do I have now?",
  "Mia has 92 shells and finds 13 more. How many shells does Mia have?",
  "There are 55 books in one box and 39 in another. How many are there in all?",
] as const;
