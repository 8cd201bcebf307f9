/** Completions in the form in which OpenAI's clients read them. */
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

export function textOf(pieces: readonly CompletionPiece[]): string {
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
  const entry = (token: string, logprob: number): Json => ({
    token,
    logprob,
    bytes: [...Buffer.from(token, "utf8")],
  });
  return {
    content: pieces.map(({ token, logprob, top }) => ({
      ...entry(token, logprob),
      top_logprobs: (top ?? []).map((other) => entry(other.token, other.logprob)),
    })),
    refusal: null,
  };
}

/** A choice of /v1/completions; with `echo`, the prompt's tokens stand before the completion's. */
export type TextChoice = Choice & { readonly echo: readonly PromptPiece[] };

export function completionJson(
  head: AnswerHead,
  choices: readonly TextChoice[],
  usage: Usage | null,
  logprobs: boolean,
): Json {
  return {
    ...head,
    object: "text_completion",
    choices: choices.map(({ index, pieces, reason, echo }) => {
      const echoed = echo.map(({ token }) => token).join("");
      return {
        index,
        text: echoed + textOf(pieces),
        logprobs: logprobs ? textLogprobs([...echo, ...pieces]) : null,
        finish_reason: reason,
      };
    }),
    ...(usage === null ? {} : { usage: usageJson(usage) }),
  };
}

function textLogprobs(pieces: readonly (PromptPiece | CompletionPiece)[]): Json {
  let offset = 0;
  const offsets = pieces.map((piece) => {
    const at = offset;
    offset += "text" in piece ? piece.text.length : piece.token.length;
    return at;
  });
  return {
    tokens: pieces.map(({ token }) => token),
    token_logprobs: pieces.map(({ logprob }) => logprob),
    top_logprobs: pieces.map(({ top }) => (top === null ? null : bestByText(top))),
    text_offset: offsets,
  };
}

/** Tokens that read alike (parts of one character) share a key: the likelier one keeps it. */
function bestByText(
  top: readonly { readonly token: string; readonly logprob: number }[],
): Record<string, number> {
  const entries: Record<string, number> = {};
  for (const { token, logprob } of top.toReversed()) entries[token] = logprob;
  return entries;
}
