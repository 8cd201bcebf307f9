/** One answer as it comes, with its own clock: the first token, and tokens a second from then on. */
import { ORPCError } from "@orpc/client";
import type {
  CompletionPiece,
  FinishReason,
  InferenceOptions,
  InferencePrompt,
} from "#shared/schema/inference.ts";
import type { AnswerFacts } from "#shared/schema/playground.ts";
import { failureOf } from "../../bridge/failure.ts";
import { host } from "../../bridge/host.ts";
import type { Failure } from "../../ui/region-state.tsx";

export type AnswerNews =
  | { readonly type: "loading" }
  | { readonly type: "writing" }
  | { readonly type: "pieces"; readonly pieces: readonly CompletionPiece[] };

export type AnswerEnd = { readonly facts: AnswerFacts; readonly failure: Failure | undefined };

const LOST: Failure = {
  message: "The host was lost while the model wrote.",
  advice: "What was written until then is here. Ask again when the host is back.",
};

/** Resolves when the answer has ended: by itself, by the signal, or by a failure. */
export async function streamAnswer(
  ask: {
    readonly model: string;
    readonly prompt: InferencePrompt;
    readonly options: InferenceOptions;
  },
  signal: AbortSignal,
  tell: (news: AnswerNews) => void,
): Promise<AnswerEnd> {
  let begunMs = performance.now();
  let firstMs: number | undefined;
  let lastMs = begunMs;
  let promptTokens = 0;
  let tokens = 0;
  let reason: FinishReason | undefined;
  let failure: Failure | undefined;
  try {
    for await (const event of await host.playground.complete(ask, { signal })) {
      if (event.type === "loading") tell(event);
      else if (event.type === "begun") {
        // Loading is told apart: the clock is that of the answer.
        ({ promptTokens } = event);
        tell({ type: "writing" });
      } else if (event.type === "pieces") {
        lastMs = performance.now();
        firstMs ??= lastMs;
        tokens += event.pieces.length;
        tell(event);
      } else if (event.type === "finished") {
        ({ reason, tokens } = event);
      } else if (event.type === "failed") {
        failure = { message: event.message, advice: event.advice ?? undefined };
      }
      if (event.type === "loading") begunMs = Number.NaN;
    }
  } catch (error) {
    if (!signal.aborted) failure = error instanceof ORPCError ? failureOf(error) : LOST;
  }
  const writingMs = lastMs - (firstMs ?? lastMs);
  return {
    failure,
    facts: {
      end: failure !== undefined ? "failed" : (reason ?? "stopped"),
      promptTokens,
      tokens,
      // Of a model that had to be loaded first, the wait says nothing about the model.
      firstTokenMs: firstMs === undefined || Number.isNaN(begunMs) ? null : firstMs - begunMs,
      tokensPerSecond: writingMs > 0 && tokens > 1 ? ((tokens - 1) / writingMs) * 1000 : null,
      verdict: null,
    },
  };
}
