/**
 * Asks a server that speaks OpenAI's API, over a stream so that a slow one is no timeout. What it sends is read
 * with limits and through a schema; its words in an error carry no key.
 */
import { lookup } from "node:dns/promises";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { ErrorCode } from "#shared/errors.ts";
import { isLinkLocal, LINK_LOCAL_WORDS } from "#shared/link-local.ts";
import type { Endpoint } from "#shared/schema/endpoint.ts";
import type { InferencePrompt } from "#shared/schema/inference.ts";
import { withoutSecrets } from "#shared/without-secrets.ts";
import { RateGate } from "./rate-gate.ts";
import type { RateGateOptions } from "./rate-gate.ts";

export type EndpointAsk = {
  readonly prompt: InferencePrompt;
  readonly temperature: number;
  readonly top_p: number;
  readonly max_tokens: number;
  readonly seed: number;
  readonly stop?: readonly string[];
};

/** Milliseconds for one answer, whole; without it the network's own limits. */
export type AskLimits = { readonly timeoutMs?: number };

export type EndpointAnswer = {
  readonly text: string;
  /** Where the server gives the reasoning apart from the answer. */
  readonly reasoning: string | null;
  readonly finishReason: string | null;
  /** null: the server did not count. */
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
};

const ATTEMPTS = 6;
const MOST_BYTES = 32 * 2 ** 20;
const ERROR_BYTES = 64 * 2 ** 10;
/** Statuses after which the same request may succeed later. */
const TRANSIENT = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529]);

const Chunk = z.object({
  choices: z
    .array(
      z.object({
        text: z.string().nullish(),
        delta: part().nullish(),
        message: part().nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({ prompt_tokens: z.int().nullish(), completion_tokens: z.int().nullish() })
    .nullish(),
  error: z.union([z.string(), z.object({ message: z.string() })]).nullish(),
});

function part() {
  return z.object({
    content: z.string().nullish(),
    reasoning_content: z.string().nullish(),
    reasoning: z.string().nullish(),
  });
}

export class EndpointClient {
  readonly #endpoint: Endpoint;
  readonly #key: string | undefined;
  readonly #gate: RateGate;
  /** Newer models of some vendors know the limit by another name only. */
  #limitName: "max_tokens" | "max_completion_tokens" = "max_tokens";

  constructor(endpoint: Endpoint, key: string | undefined, gate: RateGateOptions) {
    this.#endpoint = endpoint;
    this.#key = key;
    this.#gate = new RateGate(gate);
  }

  /**
   * One completion. Waits and tries again where the server is busy or cannot be reached.
   * @throws AppError BAD_INPUT for a request that the server refuses, NOT_ALLOWED for its key, NOT_FOUND for its
   *   model, ENGINE_ERROR where it does not answer
   */
  async complete(
    ask: EndpointAsk,
    signal: AbortSignal,
    limits: AskLimits = {},
  ): Promise<EndpointAnswer> {
    for (let attempt = 0; ; attempt++) {
      await this.#gate.pass(signal);
      try {
        return await this.#inTime(ask, signal, limits);
      } catch (error) {
        signal.throwIfAborted();
        const last = attempt + 1 >= ATTEMPTS;
        if (!(error instanceof Transient)) throw error;
        if (last) throw this.#error("ENGINE_ERROR", error.message, "Try again later.");
        this.#gate.refused(attempt, error.retryAfter);
      }
    }
  }

  async #inTime(
    ask: EndpointAsk,
    signal: AbortSignal,
    { timeoutMs }: AskLimits,
  ): Promise<EndpointAnswer> {
    if (timeoutMs === undefined) return this.#tryOnce(ask, signal);
    const late = AbortSignal.timeout(timeoutMs);
    try {
      return await this.#tryOnce(ask, AbortSignal.any([signal, late]));
    } catch (error) {
      if (!late.aborted || signal.aborted) throw error;
      throw new Transient(
        `${this.#endpoint.name} has not answered within ${timeoutMs / 1000} s.`,
        null,
      );
    }
  }

  async #tryOnce(ask: EndpointAsk, signal: AbortSignal): Promise<EndpointAnswer> {
    const chat = "messages" in ask.prompt;
    const url = `${this.#endpoint.baseUrl.replace(/\/+$/, "")}/${chat ? "chat/completions" : "completions"}`;
    await this.#checkAddress(new URL(url).hostname);
    let response: Response;
    try {
      response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` }),
        },
        body: JSON.stringify(this.#bodyOf(ask)),
        // A redirect would carry the key elsewhere.
        redirect: "error",
        signal,
      });
    } catch (error) {
      throw new Transient(`${this.#endpoint.name} cannot be reached: ${reasonOf(error)}.`, null);
    }
    if (response.ok) return this.#read(response);
    const text = await this.#errorText(response);
    if (this.#limitName === "max_tokens" && text.includes("max_completion_tokens")) {
      this.#limitName = "max_completion_tokens";
      return this.#tryOnce(ask, signal);
    }
    throw this.#refusal(response, text);
  }

  /** A name may lead to an address that nobody confirmed. @throws AppError NOT_ALLOWED */
  async #checkAddress(hostname: string): Promise<void> {
    if (this.#endpoint.allowLinkLocal) return;
    // A name that leads nowhere is told by the request itself.
    const found = await lookup(hostname.replaceAll(/[[\]]/g, ""), { all: true }).catch(() => []);
    const local = [hostname, ...found.map(({ address }) => address)].find(isLinkLocal);
    if (local === undefined) return;
    throw this.#error(
      "NOT_ALLOWED",
      `${hostname === local ? hostname : `${hostname} leads to ${local}, which`} ${LINK_LOCAL_WORDS}`,
      "If it is meant all the same, confirm an address in Settings → Endpoints, a name by `gradus data generate --allow-link-local`.",
    );
  }

  #bodyOf({ prompt, max_tokens: limit, ...rest }: EndpointAsk): Record<string, unknown> {
    const asked =
      "messages" in prompt
        ? { messages: prompt.messages }
        : { prompt: "text" in prompt ? prompt.text : prompt.ids };
    return {
      model: this.#endpoint.model,
      ...asked,
      ...rest,
      ["messages" in prompt ? this.#limitName : "max_tokens"]: limit,
      stream: true,
      stream_options: { include_usage: true },
    };
  }

  async #read(response: Response): Promise<EndpointAnswer> {
    const answer = { text: "", reasoning: "", finishReason: null as string | null };
    let usage: z.infer<typeof Chunk>["usage"];
    try {
      for await (const data of documents(response)) {
        const chunk = Chunk.parse(JSON.parse(data));
        if (chunk.error !== undefined && chunk.error !== null) {
          const said = typeof chunk.error === "string" ? chunk.error : chunk.error.message;
          throw this.#error("ENGINE_ERROR", `It broke off: ${said}`);
        }
        usage = chunk.usage ?? usage;
        const choice = chunk.choices?.[0];
        const message = choice?.delta ?? choice?.message;
        answer.text += choice?.text ?? message?.content ?? "";
        answer.reasoning += message?.reasoning_content ?? message?.reasoning ?? "";
        answer.finishReason = choice?.finish_reason ?? answer.finishReason;
      }
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (error instanceof z.ZodError || error instanceof SyntaxError) {
        throw this.#error(
          "ENGINE_ERROR",
          "Its answer is not in OpenAI's form.",
          "Check the base URL: it usually ends in /v1.",
        );
      }
      throw new Transient(`${this.#endpoint.name} broke off: ${reasonOf(error)}.`, null);
    }
    return {
      ...answer,
      reasoning: answer.reasoning === "" ? null : answer.reasoning,
      promptTokens: usage?.prompt_tokens ?? null,
      completionTokens: usage?.completion_tokens ?? null,
    };
  }

  async #errorText(response: Response): Promise<string> {
    let text = "";
    for await (const chunk of bodyOf(response)) {
      text += Buffer.from(chunk).toString("utf8");
      if (text.length > ERROR_BYTES) break;
    }
    return text;
  }

  #refusal(response: Response, text: string): Error {
    const { status } = response;
    const said = saidBy(text);
    const message = `It answered ${status}${said === "" ? "" : `: ${said}`}.`;
    if (TRANSIENT.has(status)) {
      return new Transient(
        `${this.#endpoint.name} answered ${status}${said === "" ? "" : `: ${this.#clean(said)}`}.`,
        response.headers.get("retry-after"),
      );
    }
    if (status === 401 || status === 403) {
      return this.#error("NOT_ALLOWED", message, "Check the key in Settings → Endpoints.");
    }
    if (status === 404) {
      return this.#error("NOT_FOUND", message, "Check the base URL and the model's name.");
    }
    return this.#error("BAD_INPUT", message, "Change what the server objects to.");
  }

  #error(code: ErrorCode, message: string, advice?: string): AppError {
    return new AppError(code, `${this.#endpoint.name}: ${this.#clean(message)}`, advice);
  }

  /** Some servers quote the key that they refuse. */
  #clean(text: string): string {
    const own = this.#key === undefined ? text : text.replaceAll(this.#key, "…");
    return withoutSecrets(own).slice(0, 500);
  }
}

class Transient extends Error {
  readonly retryAfter: string | null;

  constructor(message: string, retryAfter: string | null) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

/** The JSON documents of an answer: a stream's events, or the one of a server that does not stream. */
async function* documents(response: Response): AsyncGenerator<string> {
  const type = response.headers.get("content-type") ?? "";
  if (!type.includes("text/event-stream")) {
    let whole = "";
    for await (const chunk of limited(response)) whole += chunk.toString("utf8");
    yield whole;
    return;
  }
  const lines = createInterface({ input: Readable.from(limited(response)) });
  for await (const line of lines) {
    if (!line.startsWith("data:")) continue;
    const data = line.slice(5).trim();
    if (data === "[DONE]") return;
    yield data;
  }
}

/** The body, which may not be endless. */
async function* limited(response: Response): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of bodyOf(response)) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) {
      throw new AppError("ENGINE_ERROR", "The endpoint's answer has more than 32 MiB.");
    }
    yield Buffer.from(chunk);
  }
}

function bodyOf(response: Response): AsyncIterable<Uint8Array> {
  return Readable.fromWeb((response.body ?? new Blob([]).stream()) as ReadableStream<Uint8Array>);
}

function saidBy(text: string): string {
  try {
    const { error } = Chunk.parse(JSON.parse(text));
    if (typeof error === "string") return error;
    return error?.message ?? "";
  } catch {
    return text.replaceAll(/\s+/g, " ").slice(0, 200).trim();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
