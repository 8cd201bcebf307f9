/** Completions in the form in which OpenAI's clients read them. */
import { isUtf8 } from "node:buffer";
import type { CompletionPiece, FinishReason, PromptPiece } from "#shared/schema/inference.ts";

/** What is known of one choice. */
export type Choice = {
  readonly index: number;
  readonly pieces: readonly CompletionPiece[];
  readonly reason: FinishReason | null;
};

export type Usage = { readonly promptTokens: number; readonly completionTokens: number };

export type AnswerHead = {
  readonly id: string;
  readonly created: number;
  readonly model: string;
};

type Json = Record<string, unknown>;

export function usageJson({ promptTokens, completionTokens }: Usage): Json {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

export function textOf(pieces: readonly { readonly text: string }[]): string {
  return pieces.map(({ text }) => text).join("");
}

export function chatJson(
  head: AnswerHead,
  choices: readonly Choice[],
  usage: Usage,
  logprobs: boolean,
): Json {
  return {
    ...head,
    object: "chat.completion",
    choices: choices.map(({ index, pieces, reason }) => ({
      index,
      message: { role: "assistant", content: textOf(pieces), refusal: null },
      logprobs: logprobs ? chatLogprobs(pieces) : null,
      finish_reason: reason,
    })),
    usage: usageJson(usage),
  };
}

/** A part of a chat's stream; the first of a choice names the role. */
export function chatChunk(
  head: AnswerHead,
  choice: Choice,
  options: { readonly first: boolean; readonly logprobs: boolean },
): Json {
  const content = textOf(choice.pieces);
  return {
    ...head,
    object: "chat.completion.chunk",
    choices: [
      {
        index: choice.index,
        delta: {
          ...(options.first ? { role: "assistant" } : {}),
          ...(options.first || content !== "" ? { content } : {}),
        },
        logprobs: options.logprobs && choice.pieces.length > 0 ? chatLogprobs(choice.pieces) : null,
        finish_reason: choice.reason,
      },
    ],
  };
}

function chatLogprobs(pieces: readonly CompletionPiece[]): Json {
  return {
    content: pieces.map(({ token, logprob, bytes, top }) => ({
      token,
      logprob,
      bytes,
      top_logprobs: (top ?? []).map((other) => ({
        token: other.token,
        logprob: other.logprob,
        bytes: other.bytes,
      })),
    })),
    refusal: null,
  };
}

/** A choice of /v1/completions; with `echo`, the prompt's tokens stand before the completion's. */
export type TextChoice = Choice & {
  readonly echo: readonly PromptPiece[];
  /** Characters of the choice that were sent before this part. */
  readonly offset: number;
};

export function completionJson(
  head: AnswerHead,
  choices: readonly TextChoice[],
  usage: Usage | null,
  logprobs: boolean,
): Json {
  return {
    ...head,
    object: "text_completion",
    choices: choices.map(({ index, pieces, reason, echo, offset }) => ({
      index,
      text: textOf([...echo, ...pieces]),
      logprobs: logprobs ? textLogprobs([...echo, ...pieces], offset) : null,
      finish_reason: reason,
    })),
    ...(usage === null ? {} : { usage: usageJson(usage) }),
  };
}

function textLogprobs(pieces: readonly (PromptPiece | CompletionPiece)[], before: number): Json {
  let offset = before;
  const offsets = pieces.map(({ text }) => {
    const at = offset;
    offset += charactersOf(text);
    return at;
  });
  return {
    tokens: pieces.map(spelling),
    token_logprobs: pieces.map(({ logprob }) => logprob),
    top_logprobs: pieces.map(({ top }) =>
      top === null
        ? null
        : // The likelier of two that are spelled alike keeps the place.
          Object.fromEntries(top.toReversed().map((other) => [spelling(other), other.logprob])),
    ),
    text_offset: offsets,
  };
}

/** As OpenAI's offsets count them: by code points. */
export function charactersOf(text: string): number {
  return Array.from(text).length;
}

/** A token's text; a part of a character is spelled by its bytes, as OpenAI does: `bytes:\xf0\x9f`. */
function spelling({ token, bytes }: { readonly token: string; readonly bytes: readonly number[] }) {
  if (isUtf8(Uint8Array.from(bytes))) return token;
  const hex = bytes.map((byte) => String.raw`\x${byte.toString(16).padStart(2, "0")}`);
  return `bytes:${hex.join("")}`;
}
