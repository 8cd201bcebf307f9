/** Entry of a process that loads one model and answers requests with it until its host ends it. */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type {
  CompletionPiece,
  InferenceOptions,
  InferencePrompt,
} from "#shared/schema/inference.ts";
import { loadLanguageModel } from "#main/engine/model/language-model.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { CompletionServer } from "#main/engine/inference/completion-server.ts";
import type { Alternative } from "#main/engine/inference/completion-stream.ts";
import { stopIds } from "#main/core/text/templates/stop-ids.ts";
import { spell } from "#main/core/text/token-bytes.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { hash32 } from "#main/platform/random.ts";
import { failureOf } from "../failure.ts";
import type { Failure } from "../failure.ts";
import { HostChannel } from "../host-channel.ts";
import { InferenceRequest } from "./inference-protocol.ts";
import type { InferenceMessage } from "./inference-protocol.ts";
import { PromptQueue } from "./prompt-queue.ts";
import type { EncodedPrompt } from "./prompt-queue.ts";

/** New tokens where a request names no limit. */
const DEFAULT_MAX_TOKENS = 1024;

let server: CompletionServer | undefined;
let prompts: PromptQueue | undefined;
const cancels = new Map<number, () => void>();

/** A bug's stack is printed: a failure has no room for it. */
function printedFailureOf(error: unknown): Failure {
  if (!(error instanceof AppError)) console.error(error);
  return failureOf(error);
}

async function load(request: Extract<InferenceRequest, { type: "load" }>): Promise<void> {
  const runtime = await openRuntime({ choice: request.runtime });
  const tokenizer = loadTokenizer(request.model);
  const model = loadLanguageModel(runtime, request.model);
  server = new CompletionServer(runtime, model, tokenizer);
  prompts = new PromptQueue(tokenizer, model.config.maxPositionEmbeddings);
  void server.run();
  await warmUp(server);
  const { kind, version, device, warnings } = runtime;
  channel.send({
    type: "loaded",
    runtime: `${kind} ${version} on ${device}`,
    warnings: [...warnings],
    contextTokens: model.config.maxPositionEmbeddings,
    rssBytes: process.memoryUsage.rss(),
  });
}

/** A short completion with everything on compiles what the first request would have to wait for. */
function warmUp(warm: CompletionServer): Promise<void> {
  return new Promise((resolve, reject) => {
    const draw = { temperature: 1, topK: 0, topP: 0.9, minP: 0, repetitionPenalty: 1 };
    const request = { promptIds: [0], seeds: [0], draw, maxNew: 1, stopIds: [], stopStrings: [] };
    warm.submit(
      { ...request, alternatives: 1, scorePrompt: false },
      {
        prompt: () => undefined,
        pieces: () => undefined,
        finished: () => resolve(),
        failed: reject,
      },
    );
  });
}

function complete(id: number, prompt: InferencePrompt, options: InferenceOptions): void {
  if (prompts === undefined) throw new Error("asked before the model was loaded");
  const cancel = prompts.add(prompt, {
    taken: (encoded) => {
      begin(id, encoded, options);
    },
    failed: (error) => {
      cancels.delete(id);
      channel.send({ type: "failed", id, ...printedFailureOf(error) });
    },
  });
  cancels.set(id, cancel);
}

function begin(id: number, prompt: EncodedPrompt, options: InferenceOptions): void {
  if (server === undefined) throw new Error("asked before the model was loaded");
  const { model, tokenizer } = server;
  const promptIds = prompt.ids;
  const room = model.config.maxPositionEmbeddings - promptIds.length;
  const maxNew = options.max_tokens ?? Math.max(1, Math.min(DEFAULT_MAX_TOKENS, room));
  let left = maxNew === 0 ? 0 : options.n;
  let unscored = options.score_prompt;
  const settle = (): void => {
    if (left > 0 || unscored) return;
    cancels.delete(id);
    channel.send({ type: "done", id, rssBytes: process.memoryUsage.rss() });
  };
  const cancel = server.submit(
    {
      promptIds,
      seeds: Array.from({ length: options.n }, (_, i) => hash32(options.seed, i)),
      draw: {
        temperature: options.temperature,
        topK: options.top_k,
        topP: options.top_p,
        minP: options.min_p,
        repetitionPenalty: options.repetition_penalty,
      },
      maxNew,
      stopIds: stopIds(tokenizer, model.config.eosTokenIds),
      stopStrings: options.stop,
      alternatives: options.alternatives,
      scorePrompt: options.score_prompt,
    },
    {
      prompt: (pieces) => {
        const { before, after, ids } = prompt;
        const spelled = spell(tokenizer, ids.slice(before, ids.length - after));
        channel.send({
          type: "prompt",
          id,
          pieces: pieces.map((piece, i) => ({
            ...piece,
            ...(spelled[i - before] ?? { text: "", bytes: [] }),
            top: copy(piece.top),
          })),
        });
        unscored = false;
        settle();
      },
      pieces: (index, pieces) => {
        const copies = pieces.map((piece) => ({
          ...piece,
          bytes: [...piece.bytes],
          top: copy(piece.top),
        }));
        channel.send({ type: "pieces", id, index, pieces: copies });
      },
      finished: (index, reason, measured) => {
        channel.send({ type: "finished", id, index, reason, ...measured });
        left--;
        settle();
      },
      failed: (error) => {
        cancels.delete(id);
        channel.send({ type: "failed", id, ...printedFailureOf(error) });
      },
    },
  );
  cancels.set(id, cancel);
  channel.send({ type: "begun", id, promptTokens: promptIds.length });
  settle();
}

function copy(list: readonly Alternative[] | null): CompletionPiece["top"] {
  return list === null ? null : list.map((item) => ({ ...item, bytes: [...item.bytes] }));
}

function take(request: InferenceRequest): Promise<void> | void {
  switch (request.type) {
    case "load":
      return load(request);
    case "cancel":
      cancels.get(request.id)?.();
      cancels.delete(request.id);
      return;
    default:
      try {
        complete(request.id, request.prompt, request.options);
      } catch (error) {
        channel.send({ type: "failed", id: request.id, ...printedFailureOf(error) });
      }
  }
}

const channel = new HostChannel<InferenceRequest, InferenceMessage>({
  requests: InferenceRequest,
  request: take,
  lastWord: (error) => ({ type: "unloadable", ...printedFailureOf(error) }),
  // Whatever is wrong with one request, the others go on.
  misunderstood: refuse,
});

/** What the host should have refused. */
function refuse(error: z.ZodError, raw: unknown): void {
  const asked = z.looseObject({ id: z.int() }).safeParse(raw);
  if (!asked.success) {
    console.error(error);
    return;
  }
  const message = `The model's process does not take this request: ${error.issues[0]?.message ?? ""}`;
  channel.send({ type: "failed", id: asked.data.id, code: "BAD_INPUT", message, advice: null });
}
