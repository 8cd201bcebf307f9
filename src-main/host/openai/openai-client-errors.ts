/** What never became a request (no HTTP, endless headers, a body that does not come): answered in the same form. */
import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { refusalJson } from "./openai-refusal.ts";

const WORDS: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large", "The headers are too long."],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "Payload Too Large", "The chunks' extensions are too long."],
  ERR_HTTP_REQUEST_TIMEOUT: [
    408,
    "Request Timeout",
    "The request did not come to its end in time.",
  ],
};
const OTHER = [400, "Bad Request", "The request is not HTTP/1.1."] as const;

export function answerClientErrors(server: Server): void {
  /** Connections on which an answer has begun: nothing may be written between its parts. */
  const answering = new WeakMap<Duplex, { readonly headersSent: boolean }>();
  server.on("request", (request, response) => {
    answering.set(request.socket, response);
  });
  server.on("clientError", (error: Error & { readonly code?: string }, socket) => {
    if (!socket.writable || error.code === "ECONNRESET" || answering.get(socket)?.headersSent) {
      socket.destroy(error);
      return;
    }
    const [status, title, message] = WORDS[error.code ?? ""] ?? OTHER;
    const body = JSON.stringify(refusalJson(status, message));
    socket.end(
      `HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
        `X-Content-Type-Options: nosniff\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
}
