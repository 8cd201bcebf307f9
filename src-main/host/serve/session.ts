/**
 * Who may speak to a served host: a request to its own address (Host), from its own page or from no
 * page at all (Origin), that knows its token. The token never travels in a URL's query, a cookie or a
 * log: the printed address carries it in the fragment, which browsers keep to themselves.
 */
import { timingSafeEqual } from "node:crypto";

/** WebSocket subprotocols: the first is answered, the second carries the token, as browsers allow no header there. */
export const SOCKET_PROTOCOL = "gradus";
const TOKEN_PROTOCOL = "gradus.token.";
const BEARER = "Bearer ";

interface RequestHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly authorization?: string | undefined;
  readonly "sec-websocket-protocol"?: string | undefined;
}

export class HostSession {
  readonly token: string;
  readonly #authorities: ReadonlySet<string>;

  /** @param port where the host listens, on loopback. */
  constructor(port: number, token: string) {
    this.token = token;
    this.#authorities = new Set(
      ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`),
    );
  }

  /** False for another Host (a name that was made to point here) and for another site's page. */
  isOwnAddress(headers: RequestHeaders): boolean {
    if (headers.host === undefined || !this.#authorities.has(headers.host.toLowerCase())) {
      return false;
    }
    // Programs send no Origin; browsers send the page's, or "null" where they hide it.
    return headers.origin === undefined || headers.origin === `http://${headers.host}`;
  }

  /** Whether an HTTP request carries the token in its Authorization header. */
  hasToken(headers: RequestHeaders): boolean {
    const { authorization } = headers;
    return authorization?.startsWith(BEARER) === true && this.#same(authorization.slice(7));
  }

  /** Whether a WebSocket's request carries the token among its subprotocols. */
  hasSocketToken(headers: RequestHeaders): boolean {
    return (headers["sec-websocket-protocol"] ?? "")
      .split(",")
      .map((part) => part.trim())
      .some(
        (part) => part.startsWith(TOKEN_PROTOCOL) && this.#same(part.slice(TOKEN_PROTOCOL.length)),
      );
  }

  #same(token: string): boolean {
    const given = Buffer.from(token);
    const known = Buffer.from(this.token);
    return given.length === known.length && timingSafeEqual(given, known);
  }
}
