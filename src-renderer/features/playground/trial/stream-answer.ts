/** One answer as it comes. What it took is measured where it was sampled. */
import { ORPCError } from "@orpc/client";
import type {
  CompletionPiece,
  InferenceOptions,
  InferencePrompt,
} from "#shared/schema/inference.ts";
import type { AnswerFacts, PlaygroundEvent } from "#shared/schema/playground.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import type { Failure } from "#renderer/bridge/failure.ts";

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
  let promptTokens = 0;
  let written = 0;
  let finished: Extract<PlaygroundEvent, { type: "finished" }> | undefined;
  let failure: Failure | undefined;
  try {
    for await (const event of await host.playground.complete(ask, { signal })) {
      if (event.type === "loading") tell(event);
      else if (event.type === "begun") {
        ({ promptTokens } = event);
        tell({ type: "writing" });
      } else if (event.type === "pieces") {
        written += event.pieces.length;
        tell(event);
      } else if (event.type === "finished") finished = event;
      else if (event.type === "failed")
        failure = { message: event.message, advice: event.advice ?? undefined };
    }
  } catch (error) {
    if (!signal.aborted) failure = error instanceof ORPCError ? failureOf(error) : LOST;
  }
  return {
    failure,
    facts: {
      end: failure !== undefined ? "failed" : (finished?.reason ?? "stopped"),
      promptTokens,
      tokens: finished?.tokens ?? written,
      firstTokenMs: finished?.firstTokenMs ?? null,
      tokensPerSecond:
        finished === undefined || finished.decodeMs === 0
          ? null
          : (finished.tokens / finished.decodeMs) * 1000,
      verdict: null,
    },
  };
}
