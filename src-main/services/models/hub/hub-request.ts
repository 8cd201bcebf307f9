/** One request to the hub: its refusals as errors that say what to do, and patience where it asks for some. */
import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type { HubEnvironment } from "./hub-environment.ts";

export interface HubRequest {
  readonly environment: HubEnvironment;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is asked for, in a message's words: "the model owner/name". */
  readonly what: string;
}

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;
/** A server that asks for more patience than this is not waited for. */
const LONGEST_PAUSE_MS = 60_000;

/** The hub does not answer at all: no network, no such host, a connection that breaks again and again. */
export class HubUnreachable extends AppError {
  constructor(environment: HubEnvironment, reason: string, cause?: unknown) {
    super(
      "DOWNLOAD_FAILED",
      `The hub at ${environment.endpoint} cannot be reached: ${reason}.`,
      "Check the network (and HF_ENDPOINT where you use a mirror), then get the model again: it goes on from where it stopped. Or import a folder or GGUF file that you have.",
      { cause },
    );
  }
}

/**
 * The answer to a GET, after redirects. Tries again after a broken connection, a 429 or a server's error.
 * @throws HubUnreachable, or AppError NOT_ALLOWED, NOT_FOUND, DOWNLOAD_FAILED; the signal's reason
 */
export async function hubGet(url: string, request: HubRequest): Promise<Response> {
  const { environment, signal } = request;
  if (environment.offline) throw new HubUnreachable(environment, "HF_HUB_OFFLINE is set");
  for (let attempt = 1; ; attempt += 1) {
    const answer = await attemptGet(url, request);
    if (answer instanceof Response && (answer.ok || answer.status === 416)) return answer;
    const status = answer instanceof Response ? answer.status : 0;
    const isPassing = status === 0 || status === 408 || status === 429 || status >= 500;
    if (answer instanceof Response) await answer.body?.cancel();
    const waitMs = answer instanceof Response ? retryAfterMs(answer) : undefined;
    const isHopeless = status === 0 && ["ENOTFOUND", "ECONNREFUSED"].includes(codeOf(answer));
    if (!isPassing || isHopeless || attempt === ATTEMPTS || (waitMs ?? 0) > LONGEST_PAUSE_MS) {
      if (answer instanceof Response) throw refusal(answer, request, waitMs);
      throw new HubUnreachable(environment, reasonOf(answer), answer);
    }
    await pause(waitMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal });
  }
}

async function attemptGet(url: string, request: HubRequest): Promise<unknown> {
  const { token } = request.environment;
  try {
    // A redirect to another host is followed without the token: fetch drops it there.
    return await fetch(url, {
      signal: request.signal,
      headers: {
        ...request.headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
    });
  } catch (error) {
    request.signal.throwIfAborted();
    return error;
  }
}

/** `Retry-After` in milliseconds; undefined where it is not given in seconds. */
function retryAfterMs(answer: Response): number | undefined {
  const seconds = Number(answer.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** Node's code for why a connection failed; empty where there is none. */
function codeOf(error: unknown): string {
  const cause = causeOf(error);
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? (error.cause ?? error) : error;
}

function reasonOf(error: unknown): string {
  const cause = causeOf(error);
  return cause instanceof Error ? cause.message : String(cause);
}

function refusal(answer: Response, request: HubRequest, waitMs: number | undefined): AppError {
  const { environment, what } = request;
  const { status } = answer;
  if (status === 401 || status === 403) {
    return new AppError(
      "NOT_ALLOWED",
      `The hub does not give ${what} (${status}): ${environment.token === undefined ? "it needs a token, or does not exist" : "your token may not read it, or it does not exist"}.`,
      `Check the name. For a gated model, accept its licence on its page at ${environment.endpoint}, then set HF_TOKEN to a token of your account.`,
    );
  }
  if (status === 404) {
    return new AppError("NOT_FOUND", `The hub has no ${what}.`, "Check the name and the revision.");
  }
  if (status === 429) {
    return new AppError(
      "DOWNLOAD_FAILED",
      `The hub asks to wait${waitMs === undefined ? "" : ` ${Math.ceil(waitMs / 1000)} s`} before ${what} (429).`,
      "Get the model again later: it goes on from where it stopped. With HF_TOKEN set the limits are higher.",
    );
  }
  return new AppError(
    "DOWNLOAD_FAILED",
    `The hub answered ${status} ${answer.statusText} for ${what}.`,
    "Get the model again later: it goes on from where it stopped.",
  );
}
