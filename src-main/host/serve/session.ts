/**
 * Who may speak to a served host: a request to its own address (Host), from its own page or from no
 * page at all (Origin), that knows its token. The token never travels in a URL's query, a cookie or a
 * log: the printed address carries it in the fragment, which browsers keep to themselves.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { proofText } from "#shared/host-proof.ts";

/** WebSocket subprotocols: the first is answered, the second carries the token, as browsers allow no header there. */
export const SOCKET_PROTOCOL = "gradus";
const TOKEN_PROTOCOL = "gradus.token.";
const BEARER = "Bearer ";
const NONCE = /^[0-9a-f]{64}$/u;

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

  /**
   * That this host knows the token, for a window that asks before it sends it; undefined for anything but 32 random
   * bytes in hex.
   */
  prove(headers: RequestHeaders, nonce: string | null): string | undefined {
    if (headers.host === undefined || nonce === null || !NONCE.test(nonce)) return undefined;
    return createHmac("sha256", this.token)
      .update(proofText(headers.host.toLowerCase(), nonce))
      .digest("hex");
  }

  #same(token: string): boolean {
    const given = Buffer.from(token);
    const known = Buffer.from(this.token);
    return given.length === known.length && timingSafeEqual(given, known);
  }
}
