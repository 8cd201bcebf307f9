/** `model generate`: completions of prompts given as chats, texts or ids. */
import { z } from "zod";
import { hash32 } from "#main/platform/random.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import { loadLanguageModel } from "../model/language-model.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Sampler } from "../sampling/sampler.ts";
import { stopIds } from "#main/core/text/templates/stop-ids.ts";
import { encodeChat } from "#main/core/text/templates/chat-template.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import { readJsonl } from "./read-jsonl.ts";

const Request = z.union([
  z.strictObject({
    messages: z.array(z.strictObject({ role: z.string(), content: z.string() })).min(1),
  }),
  z.strictObject({ prompt: z.string() }),
  z.strictObject({ prompt_ids: z.array(z.int().min(0)).min(1) }),
]);

export type GenerateCommandOptions = {
  readonly model: string;
  readonly input: string;
  readonly out: string;
  readonly maxNew: number;
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly minP: number;
  readonly repetitionPenalty: number;
  /** Completions a prompt. */
  readonly n: number;
  readonly seed: number;
  readonly onProgress?: (finished: number, total: number, tokens: number) => void;
};

const ADVICE = 'Each line is {"messages": […]}, {"prompt": "…"} or {"prompt_ids": […]}.';

function idsOf(tokenizer: Tokenizer, request: z.infer<typeof Request>): readonly number[] {
  if ("prompt_ids" in request) return request.prompt_ids;
  if ("prompt" in request) return tokenizer.encode(request.prompt);
  return encodeChat(tokenizer, request.messages, { addGenerationPrompt: true });
}

/** Reads JSONL and writes one line a prompt, in the same order. */
export async function runGenerate(
  runtime: Runtime,
  options: GenerateCommandOptions,
): Promise<void> {
  const requests = readJsonl(options.input, Request, ADVICE);
  const tokenizer = loadTokenizer(options.model);
  const model = loadLanguageModel(runtime, options.model);
  const sampler = new Sampler(runtime, model);
  const prompts = requests.map((request) => idsOf(tokenizer, request));
  const { onProgress } = options;
  const completions = await sampler.generate(
    prompts.map((promptIds, i) => ({
      promptIds,
      seeds: Array.from({ length: options.n }, (_, s) => hash32(options.seed, i, s)),
    })),
    {
      temperature: options.temperature,
      top_p: options.topP,
      top_k: options.topK,
      min_p: options.minP,
      repetition_penalty: options.repetitionPenalty,
      max_completion_length: options.maxNew,
      stopIds: stopIds(tokenizer, model.config.eosTokenIds),
      ...(onProgress === undefined
        ? {}
        : { onProgress: (p) => onProgress(p.finished, p.total, p.tokens) }),
    },
  );
  const lines = prompts.map((prompt, i) =>
    JSON.stringify({
      prompt_ids: prompt,
      completions: (completions[i] ?? []).map(({ ids, logprobs, finishReason }) => ({
        ids,
        text: tokenizer.decode(ids, { skipSpecialTokens: true }),
        logprobs,
        finish_reason: finishReason,
      })),
    }),
  );
  writeTextAtomically(options.out, lines.map((line) => `${line}\n`).join(""));
  sampler.dispose();
  model.dispose();
}
