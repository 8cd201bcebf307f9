/** What is sent to a client: whole, or as server-sent events. One that does not read is let go, so that no memory fills. */
import type { ServerResponse } from "node:http";

/** Bytes that were sent and not read, at most. */
const MOST_UNREAD = 8 * 2 ** 20;
/** How long a client may read nothing of what waits for it. */
const STALLED_MS = 60_000;

const NO_SNIFF = { "x-content-type-options": "nosniff" };

export function endJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json; charset=utf-8", ...NO_SNIFF });
  response.end(JSON.stringify(body));
  letGoWhereStalled(response);
}

/** The head goes out with the first event, so that a failure before it has its own status. */
export class EventStream {
  readonly #response: ServerResponse;
  #watched = false;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  send(body: unknown): void {
    const response = this.#response;
    if (response.destroyed) return;
    if (!response.headersSent) {
      response.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache",
        ...NO_SNIFF,
      });
    }
    const taken = response.write(`data: ${JSON.stringify(body)}\n\n`);
    if (response.writableLength > MOST_UNREAD) response.destroy();
    else if (!taken && !this.#watched) {
      this.#watched = true;
      letGoWhereStalled(response, () => {
        this.#watched = false;
      });
    }
  }

  end(): void {
    this.#response.end("data: [DONE]\n\n");
    letGoWhereStalled(this.#response);
  }
}

/** Ends the connection where nothing of what waits is read for a time. */
function letGoWhereStalled(response: ServerResponse, drained?: () => void): void {
  const timer = setTimeout(() => {
    response.destroy();
  }, STALLED_MS);
  timer.unref();
  const settle = (): void => {
    clearTimeout(timer);
    response.off("drain", settle);
    response.off("finish", settle);
    response.off("close", settle);
    drained?.();
  };
  response.on("drain", settle);
  response.on("finish", settle);
  response.on("close", settle);
}
