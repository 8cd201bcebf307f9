/**
 * The headless host: HTTP and WebSocket on loopback. Serves the built window's files to anyone on
 * this machine who asks at its own address, and the contract to those who know its token.
 */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { BodyLimitPlugin, RPCHandler } from "@orpc/server/node";
import { RPCHandler as SocketHandler } from "@orpc/server/ws";
import { WebSocketServer } from "ws";
import { AppError } from "#shared/errors.ts";
import type { Application } from "#main/services/application.ts";
import { createRouter } from "#main/procedures/router.ts";
import { BoundedSocket } from "./bounded-socket.ts";
import type { UnreadLimits } from "./bounded-socket.ts";
import { newToken } from "./session-file.ts";
import { listen, LOOPBACK } from "./listen.ts";
import { HostSession, SOCKET_PROTOCOL } from "./session.ts";
import { readWindowFile, securityHeaders } from "./window-files.ts";

const RPC_PATH = "/rpc";
/** Asked by a window before it sends its token: `/prove?nonce=…`. */
const PROOF_PATH = "/prove";
const MAX_BODY_BYTES = 8 * 2 ** 20;
/** Told to a socket whose token is wrong: its window then asks for the right address instead of trying again. */
const CLOSE_UNKNOWN = 4401;

export interface ServeOptions {
  readonly app: Application;
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  /** What windows must know; a new one by default. */
  readonly token?: string | undefined;
  readonly windowRoot?: string;
  /** How much a window may leave unread. */
  readonly unread?: UnreadLimits;
}

export interface ServedHost {
  /** With the token in its fragment. */
  readonly url: string;
  /** Without the token. */
  readonly origin: string;
  readonly token: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Listens. Throws NOT_ALLOWED for an address that other machines reach, CONFLICT for a port that is taken. */
export async function serve(options: ServeOptions): Promise<ServedHost> {
  if (!LOOPBACK.has(options.host)) {
    throw new AppError(
      "NOT_ALLOWED",
      `Gradus listens on this machine only, and ${options.host} can be reached from others.`,
      "Use 127.0.0.1; from another machine, tunnel to it: ssh -L 8123:127.0.0.1:8123 HOST.",
    );
  }
  const server = createServer();
  const port = await listen(server, options.port, options.host);
  const session = new HostSession(port, options.token ?? newToken());
  const windowRoot =
    options.windowRoot ?? fileURLToPath(new URL("../../../out/renderer", import.meta.url));
  const router = createRouter(options.app);
  const http = new RPCHandler(router, {
    plugins: [new BodyLimitPlugin({ maxBodySize: MAX_BODY_BYTES })],
  });
  server.on("request", (request, response) => {
    answer(request, response).catch((error: unknown) => {
      options.app.reportBug(error);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, "Something went wrong inside Gradus.");
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!session.isOwnAddress(request.headers)) {
      refuse(response, 403, "This address is not Gradus's own.");
      return;
    }
    const path = pathOf(request);
    if (path === RPC_PATH || path?.startsWith(`${RPC_PATH}/`) === true) {
      if (!session.hasToken(request.headers)) {
        refuse(response, 401, "Open the address that the host printed when it started.");
        return;
      }
      for (const [name, value] of Object.entries(securityHeaders())) {
        response.setHeader(name, value);
      }
      const { matched } = await http.handle(request, response, { prefix: RPC_PATH, context: {} });
      if (!matched) refuse(response, 404, "There is no such procedure.");
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      refuse(response, 405, "Only GET is answered here.");
      return;
    }
    if (path === PROOF_PATH) {
      const { searchParams } = new URL(request.url ?? "", "http://host");
      const proof = session.prove(request.headers, searchParams.get("nonce"));
      if (proof === undefined) {
        refuse(response, 400, "A nonce is 32 bytes in hex.");
        return;
      }
      response.writeHead(200, {
        ...securityHeaders(),
        "content-type": "text/plain; charset=utf-8",
        "cache-control": "no-store",
      });
      response.end(proof);
      return;
    }
    const file = path === undefined ? null : await readWindowFile(windowRoot, path);
    if (file === null) {
      refuse(response, 404, path === "/" ? NOT_BUILT : "There is no such file.");
      return;
    }
    response.writeHead(200, {
      ...securityHeaders(),
      "content-type": file.type,
      "content-length": file.body.byteLength,
      // Built files but the page itself carry their hash in their names.
      "cache-control": path?.startsWith("/assets/") === true ? "max-age=31536000" : "no-cache",
    });
    response.end(request.method === "HEAD" ? undefined : file.body);
  }

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_BODY_BYTES,
    handleProtocols: (protocols) => (protocols.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
  });
  const socketHandler = new SocketHandler(router);
  server.on("upgrade", (request, socket, head) => {
    if (!session.isOwnAddress(request.headers) || pathOf(request) !== RPC_PATH) {
      refuseUpgrade(socket);
      return;
    }
    const known = session.hasSocketToken(request.headers) || session.hasToken(request.headers);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (!known) {
        webSocket.close(CLOSE_UNKNOWN, "unknown token");
        return;
      }
      webSocket.on("error", () => {
        webSocket.terminate();
      });
      void socketHandler.upgrade(new BoundedSocket(webSocket, options.unread), { context: {} });
    });
  });

  const name = options.host === "::1" ? "[::1]" : options.host;
  const origin = `http://${name}:${port}`;
  return {
    origin,
    url: `${origin}/#token=${session.token}`,
    token: session.token,
    port,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      const closed = Promise.withResolvers<void>();
      server.close(() => {
        closed.resolve();
      });
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

const NOT_BUILT =
  "The window is not built yet. `npm start` builds it, and so does `npm run build:window`.";

/** The path as it was sent, still encoded: readWindowFile decodes and checks it. */
function pathOf(request: IncomingMessage): string | undefined {
  const url = request.url ?? "";
  return url.startsWith("/") ? url.split(/[?#]/, 1)[0] : undefined;
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...securityHeaders(),
    "content-type": "text/plain; charset=utf-8",
  });
  response.end(`${text}\n`);
}

function refuseUpgrade(socket: Duplex): void {
  socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}
