/** The bodies of requests: JSON in UTF-8, no longer than a limit, and together within one. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { onlyMethod, Refusal } from "./openai-refusal.ts";

const MAX_BODY_BYTES = 16 * 2 ** 20;
/** Of all bodies that are being read or answered. */
const MAX_HELD_BYTES = 128 * 2 ** 20;
/** How long, and how much of, a body that is refused is let run out, so that its sender hears why. */
const LINGER_MS = 1000;
const LINGER_BYTES = 64 * 2 ** 20;

export class Bodies {
  #held = 0;

  /** Does `work` with the body of a POST. @throws Refusal */
  async use(request: IncomingMessage, work: (value: unknown) => Promise<void>): Promise<void> {
    onlyMethod(request, "POST");
    checkHeaders(request);
    let own = 0;
    const hold = (bytes: number): void => {
      own += bytes;
      this.#held += bytes;
      if (own > MAX_BODY_BYTES) throw tooLong();
      if (this.#held > MAX_HELD_BYTES) {
        throw new Refusal(429, "Long requests are being answered; try again later.");
      }
    };
    try {
      await work(jsonOf(await readBytes(request, hold)));
    } finally {
      this.#held -= own;
    }
  }
}

function jsonOf(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(400, "The request's body is not UTF-8.");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "The request's body is not JSON.");
  }
}

function checkHeaders({ headers }: IncomingMessage): void {
  // A form of another site can send text/plain, but not this without asking first.
  const type = /^application\/json\s*(?:;\s*charset="?([^\s";]+)"?\s*)?$/i.exec(
    headers["content-type"] ?? "",
  );
  if (type === null) throw new Refusal(415, "Send JSON with Content-Type: application/json.");
  const charset = type[1]?.toLowerCase() ?? "utf-8";
  if (charset !== "utf-8" && charset !== "utf8") throw new Refusal(415, "Send JSON in UTF-8.");
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    throw new Refusal(415, "Send the body as it is, without Content-Encoding.");
  }
  if (Number(headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw tooLong();
}

/** @param hold hears of bytes before they are kept; what it throws ends the reading */
async function readBytes(request: IncomingMessage, hold: (bytes: number) => void): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  // Not an iterator: leaving one destroys the connection before the refusal is on its way.
  const take = (chunk: Buffer): void => {
    try {
      hold(chunk.length);
      chunks.push(chunk);
    } catch (error) {
      chunks.length = 0;
      request.off("data", take);
      reject(error);
    }
  };
  request.on("data", take);
  request.once("end", () => {
    resolve(Buffer.concat(chunks));
  });
  request.once("error", reject);
  request.once("close", () => {
    reject(new Refusal(400, "The request's body did not come to its end."));
  });
  return promise;
}

/**
 * Ends an answer that was written while its request's body is still on its way: a connection that is closed over
 * unread bytes is reset, and the answer with it.
 */
export function endOverBody(request: IncomingMessage, response: ServerResponse): void {
  let left = LINGER_BYTES;
  const end = (): void => {
    clearTimeout(timer);
    if (!response.writableEnded) response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.once("end", end);
  request.once("close", end);
}

function tooLong(): Refusal {
  return new Refusal(413, `A request may have ${MAX_BODY_BYTES / 2 ** 20} MiB.`);
}
