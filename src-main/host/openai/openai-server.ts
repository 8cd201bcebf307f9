/**
 * The door for programs that speak OpenAI's API: /v1/models, /v1/completions, /v1/chat/completions. On loopback
 * it is open to programs of this machine; a page of another site is refused, and beyond loopback a token is asked.
 */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { randomInt, timingSafeEqual } from "node:crypto";
import type { z } from "zod";
import { CONTRACT_ERRORS } from "#shared/contract/errors.ts";
import { AppError } from "#shared/errors.ts";
import type {
  InferenceEvent,
  InferenceOptions,
  InferencePrompt,
} from "#shared/schema/inference.ts";
import { MAX_SEED } from "#shared/schema/inference.ts";
import { listen, LOOPBACK } from "../listen.ts";
import { answerChat, answerCompletion } from "./openai-completions.ts";
import { ChatRequest, CompletionRequest } from "./openai-request.ts";

const MAX_BODY_BYTES = 16 * 2 ** 20;
const MAX_REQUESTS = 256;

/** The models behind the door. */
export interface OpenAiModels {
  list(): { readonly id: string; readonly createdAtMs: number }[];
  complete(
    model: string,
    prompt: InferencePrompt,
    options: InferenceOptions,
    signal: AbortSignal,
  ): AsyncIterable<InferenceEvent>;
}

export interface OpenAiServerOptions {
  readonly models: OpenAiModels;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Asked of every request where it is given; beyond loopback it must be. */
  readonly token?: string | undefined;
  readonly reportBug: (error: unknown) => void;
}

export interface OpenAiServer {
  /** What clients call their base URL. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens. Throws NOT_ALLOWED beyond loopback without a token, CONFLICT for a port that is taken. */
export async function serveOpenAi(options: OpenAiServerOptions): Promise<OpenAiServer> {
  const local = LOOPBACK.has(options.host);
  if (!local && options.token === undefined) {
    throw new AppError(
      "NOT_ALLOWED",
      `${options.host} can be reached from other machines, and no token guards it.`,
      "Set GRADUS_OPENAI_TOKEN, or listen on 127.0.0.1.",
    );
  }
  const server = createServer();
  const port = await listen(server, options.port, options.host);
  const door = new Door(options, local, port);
  server.on("request", (request, response) => {
    void door.answer(request, response);
  });
  const name = options.host.includes(":") ? `[${options.host}]` : options.host;
  return {
    url: `http://${name}:${port}/v1`,
    close: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => {
        closed.resolve();
      });
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

/** A refusal with the status and code that OpenAI's clients know. */
class Refusal extends Error {
  readonly status: number;
  readonly code: string | null;

  constructor(status: number, message: string, code: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

class Door {
  readonly #options: OpenAiServerOptions;
  readonly #authorities: ReadonlySet<string> | null;
  #answering = 0;

  constructor(options: OpenAiServerOptions, local: boolean, port: number) {
    this.#options = options;
    // A name that was made to point here would let a page in; beyond loopback the token keeps it out.
    this.#authorities = local
      ? new Set(["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`))
      : null;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const abort = new AbortController();
    response.on("close", () => {
      abort.abort(new Error("the client is gone"));
    });
    this.#answering++;
    try {
      this.#admit(request);
      await this.#route(request, response, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) this.#refuse(response, error);
    } finally {
      this.#answering--;
    }
  }

  #admit({ headers }: IncomingMessage): void {
    if (headers.origin !== undefined) {
      throw new Refusal(403, "Pages may not speak to this address; programs send no Origin.");
    }
    if (this.#authorities?.has(headers.host?.toLowerCase() ?? "") === false) {
      throw new Refusal(403, "This address is not Gradus's own.");
    }
    const { token } = this.#options;
    if (token !== undefined && !isSame(headers.authorization, `Bearer ${token}`)) {
      throw new Refusal(401, "Incorrect API key provided.", "invalid_api_key");
    }
    if (this.#answering > MAX_REQUESTS) {
      throw new Refusal(429, `${MAX_REQUESTS} requests are being answered; try again later.`);
    }
  }

  async #route(
    request: IncomingMessage,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    const { models } = this.#options;
    const asks = (model: string) => (prompt: InferencePrompt, options: InferenceOptions) =>
      models.complete(this.#known(model), prompt, options, signal);
    const seed = randomInt(MAX_SEED);
    switch (path) {
      case "/v1/models":
        onlyMethod(request, "GET");
        sendJson(response, 200, { object: "list", data: models.list().map(modelJson) });
        return;
      case "/v1/completions": {
        const body = await readBody(request, CompletionRequest);
        await answerCompletion(body, asks(body.model), { seed, response });
        return;
      }
      case "/v1/chat/completions": {
        const body = await readBody(request, ChatRequest);
        await answerChat(body, asks(body.model), { seed, response });
        return;
      }
      default: {
        const id = path.startsWith("/v1/models/") ? decodeURIComponent(path.slice(11)) : undefined;
        const model = models.list().find((one) => one.id === id);
        if (model === undefined) throw new Refusal(404, `There is nothing at ${path}.`);
        onlyMethod(request, "GET");
        sendJson(response, 200, modelJson(model));
      }
    }
  }

  #known(model: string): string {
    const known = this.#options.models.list().map(({ id }) => id);
    if (known.includes(model)) return model;
    throw new Refusal(
      404,
      `The model "${model}" does not exist. There are: ${known.join(", ")}.`,
      "model_not_found",
    );
  }

  #refuse(response: ServerResponse, error: unknown): void {
    const refusal = refusalOf(error);
    if (refusal === undefined) this.#options.reportBug(error);
    const status = refusal?.status ?? 500;
    const body = {
      error: {
        message: refusal?.message ?? "Something went wrong inside Gradus.",
        type: status < 500 ? "invalid_request_error" : "server_error",
        param: null,
        code: refusal?.code ?? null,
      },
    };
    if (!response.headersSent) sendJson(response, status, body);
    else {
      // In the middle of a stream the status is gone; clients read the error from the event.
      response.end(`data: ${JSON.stringify(body)}\n\n`);
    }
  }
}

function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!(error instanceof AppError)) return undefined;
  const text = error.advice === undefined ? error.message : `${error.message} ${error.advice}`;
  const code = error.code === "PROMPT_TOO_LONG" ? "context_length_exceeded" : null;
  const status = error.code === "PROMPT_TOO_LONG" ? 400 : CONTRACT_ERRORS[error.code].status;
  return new Refusal(status, text, code);
}

function modelJson({ id, createdAtMs }: { readonly id: string; readonly createdAtMs: number }) {
  return { id, object: "model", created: Math.floor(createdAtMs / 1000), owned_by: "gradus" };
}

function onlyMethod(request: IncomingMessage, method: string): void {
  if (request.method !== method) throw new Refusal(405, `Only ${method} is answered here.`);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  response.end(JSON.stringify(body));
}

/** The body of a POST as JSON that passes the schema. */
async function readBody<T extends z.ZodType>(
  request: IncomingMessage,
  schema: T,
): Promise<z.infer<T>> {
  onlyMethod(request, "POST");
  // A form of another site can send text/plain, but not this without asking first.
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    throw new Refusal(415, "Send JSON with Content-Type: application/json.");
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new Refusal(413, `A request may have ${MAX_BODY_BYTES / 2 ** 20} MiB.`);
    }
    chunks.push(part);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Refusal(400, "The request's body is not JSON.");
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Refusal(400, whatIsWrong(parsed.error));
  return parsed.data;
}

/** e.g. "frequency_penalty: Invalid input: expected 0". */
function whatIsWrong({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => [path.join("."), message].join(": ")).join("; ");
}

function isSame(given: string | undefined, wanted: string): boolean {
  const a = Buffer.from(given ?? "");
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}
