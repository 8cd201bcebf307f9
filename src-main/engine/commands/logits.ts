/** `model logits`: last logits, token log-probabilities and a greedy continuation of given sequences. */
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { hiddenStates, outputMatrix } from "../model/decoder.ts";
import { loadLanguageModel } from "../model/language-model.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { tokenLogprobs } from "../model/token-logprobs.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { Sampler } from "../sampling/sampler.ts";

const Input = z.object({
  sequences: z
    .array(z.object({ ids: z.array(z.int().min(0)).min(1) }))
    .or(z.array(z.array(z.int().min(0)).min(1))),
});

export type LogitsOptions = {
  readonly model: string;
  readonly input: string;
  readonly out: string;
};

const GREEDY_TOKENS = 12;

/** Logits after the last token of `ids`: (V). */
export function lastLogits(
  runtime: Runtime,
  model: LanguageModel,
  ids: readonly number[],
): Float32Array {
  return scores(runtime, model, ids).logits;
}

function scores(
  runtime: Runtime,
  model: LanguageModel,
  ids: readonly number[],
): { logits: Float32Array; logprobs: Float32Array } {
  const { config } = model;
  const t = ids.length;
  const program = runtime.compile("logits", (...args) => {
    const [x] = args as [Tensor];
    const weights = model.read();
    const flat = tf.reshape(hiddenStates(weights, config, x), [t, config.hiddenSize]);
    const output = outputMatrix(weights, config);
    const logits = tf.matMul(
      tf.slice(flat, [t - 1, 0], [1, config.hiddenSize]),
      output,
      false,
      true,
    );
    if (t === 1) return [logits];
    const targets = tf.reshape(tf.slice(x, [0, 1], [1, t - 1]), [-1]);
    return [
      logits,
      tokenLogprobs(tf.slice(flat, [0, 0], [t - 1, config.hiddenSize]), output, targets, 1)
        .logprobs,
    ];
  });
  const input = tf.tensor(Int32Array.from(ids), [1, t], "int32");
  const outputs = program(input);
  const [logits, logprobs] = outputs.map((tensor) => tensor.dataSync() as Float32Array);
  for (const tensor of [input, ...outputs]) tensor.dispose();
  program.dispose();
  return { logits: logits ?? new Float32Array(), logprobs: logprobs ?? new Float32Array() };
}

/** Reads `{"sequences": [[ids] …]}` (or `[{"ids": […]} …]`) and writes the answers in the same order. */
export async function runLogits(runtime: Runtime, options: LogitsOptions): Promise<void> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(options.input, "utf8"));
  } catch (cause) {
    throw new AppError(
      "BAD_INPUT",
      `${options.input} cannot be read as JSON.`,
      'Give a file with {"sequences": [[1, 2, 3]]}.',
      { cause },
    );
  }
  const parsed = Input.safeParse(value);
  if (!parsed.success)
    throw new AppError(
      "BAD_INPUT",
      `${options.input}: ${z.prettifyError(parsed.error)}`,
      'Give a file with {"sequences": [[1, 2, 3]]}.',
    );
  const sequences = parsed.data.sequences.map((sequence) =>
    Array.isArray(sequence) ? sequence : sequence.ids,
  );
  const model = loadLanguageModel(runtime, options.model);
  const bad = sequences.flat().find((id) => id >= model.config.vocabSize);
  if (bad !== undefined) {
    throw new AppError(
      "BAD_INPUT",
      `Token ${bad} is outside the model's vocabulary of ${model.config.vocabSize}.`,
      "Check which tokenizer made the ids.",
    );
  }
  const sampler = new Sampler(runtime, model);
  const greedy = await sampler.generate(
    sequences.map((promptIds) => ({ promptIds, seeds: [0] })),
    {
      temperature: 0,
      top_p: 1,
      top_k: 0,
      min_p: 0,
      repetition_penalty: 1,
      max_completion_length: GREEDY_TOKENS,
      stopIds: [],
    },
  );
  const answers = sequences.map((ids, i) => {
    const { logits, logprobs } = scores(runtime, model, ids);
    return {
      last_logits: Array.from(logits),
      token_logprobs: Array.from(logprobs),
      greedy_12: greedy[i]?.[0]?.ids ?? [],
    };
  });
  writeFileSync(options.out, JSON.stringify({ sequences: answers }));
  sampler.dispose();
  model.dispose();
}
