/**
 * The door for programs that speak OpenAI's API: /v1/models, /v1/completions, /v1/chat/completions. On loopback
 * it is open to programs of this machine; a page of another site is refused, and beyond loopback a token is asked.
 */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { randomInt, timingSafeEqual } from "node:crypto";
import { AppError } from "#shared/errors.ts";
import type {
  InferenceEvent,
  InferenceOptions,
  InferencePrompt,
} from "#shared/schema/inference.ts";
import { MAX_SEED } from "#shared/schema/inference.ts";
import { listen, LOOPBACK } from "../serve/listen.ts";
import { Bodies, endOverBody } from "./openai-body.ts";
import { answerChat, answerCompletion } from "./openai-completions.ts";
import { answerClientErrors } from "./openai-client-errors.ts";
import { checked, onlyMethod, Refusal, refusalJson, refusalOf } from "./openai-refusal.ts";
import { ChatRequest, CompletionRequest } from "./openai-request.ts";

const MAX_REQUESTS = 256;
/** Connections, those that send their requests slowly included. */
const MAX_CONNECTIONS = 1024;
/** In which the headers of a request, and the whole of it, have to be there. */
const HEADERS_MS = 20_000;
const REQUEST_MS = 60_000;

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
  /** InferenceInput of every request where it is given; beyond loopback it must be. */
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
  const server = createServer({
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: 5000,
  });
  server.maxConnections = MAX_CONNECTIONS;
  answerClientErrors(server);
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

class Door {
  readonly #options: OpenAiServerOptions;
  readonly #authorities: ReadonlySet<string> | null;
  readonly #bodies = new Bodies();
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
    try {
      this.#admit(request);
      await this.#route(request, response, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) this.#refuse(request, response, error);
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
      throw new Refusal(401, "Incorrect API key provided.", { code: "invalid_api_key" });
    }
  }

  /** A request counts from when all of it is there: slow senders take nobody's place. */
  async #withBody(
    request: IncomingMessage,
    work: (value: unknown) => Promise<void>,
  ): Promise<void> {
    await this.#bodies.use(request, async (value) => {
      if (this.#answering >= MAX_REQUESTS) {
        throw new Refusal(429, `${MAX_REQUESTS} requests are being answered; try again later.`);
      }
      this.#answering++;
      try {
        await work(value);
      } finally {
        this.#answering--;
      }
    });
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
      case "/v1/completions":
        await this.#withBody(request, async (value) => {
          const body = checked(CompletionRequest, value);
          await answerCompletion(body, asks(body.model), { seed, response });
        });
        return;
      case "/v1/chat/completions":
        await this.#withBody(request, async (value) => {
          const body = checked(ChatRequest, value);
          await answerChat(body, asks(body.model), { seed, response });
        });
        return;
      default: {
        const id = path.startsWith("/v1/models/") ? decoded(path.slice(11)) : undefined;
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
    const name = model.length > 100 ? `${model.slice(0, 100)} …` : model;
    throw new Refusal(404, `The model "${name}" does not exist. There are: ${known.join(", ")}.`, {
      code: "model_not_found",
    });
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const refusal = refusalOf(error);
    const status = refusal?.status ?? 500;
    const message = refusal?.message ?? "Something went wrong inside Gradus.";
    const body = refusalJson(status, message, refusal?.code);
    if (response.headersSent) {
      // In the middle of a stream the status is gone; clients read the error from the event.
      response.end(`data: ${JSON.stringify(body)}\n\n`);
    } else if (request.complete || request.destroyed) {
      sendJson(response, status, body, refusal?.headers);
    } else {
      const text = JSON.stringify(body);
      const length = String(Buffer.byteLength(text));
      const headers = { ...refusal?.headers, connection: "close", "content-length": length };
      response.writeHead(status, { ...JSON_HEADERS, ...headers });
      response.write(text);
      endOverBody(request, response);
    }
    if (refusal === undefined) this.#options.reportBug(error);
  }
}

/** @throws Refusal for what is no encoded text */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(400, "The request's address is not a text in percent-encoded UTF-8.");
  }
}

function modelJson({ id, createdAtMs }: { readonly id: string; readonly createdAtMs: number }) {
  return { id, object: "model", created: Math.floor(createdAtMs / 1000), owned_by: "gradus" };
}

const JSON_HEADERS = {
  "content-type": "application/json; charset=utf-8",
  "x-content-type-options": "nosniff",
};

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...JSON_HEADERS, ...headers });
  response.end(JSON.stringify(body));
}

function isSame(given: string | undefined, wanted: string): boolean {
  const a = Buffer.from(given ?? "");
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}
