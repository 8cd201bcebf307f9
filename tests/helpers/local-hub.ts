/**
 * A server that speaks as much of the hub's HTTP as getting a model needs: the listing, files behind a redirect
 * to another host, ranges; and the ways in which the real one refuses or breaks off. The hub itself cannot be
 * reached from where tests run, so this stands in for it.
 */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

export interface LocalHub {
  readonly url: string;
  readonly commit: string;
  /** Requests for files: path, the range asked for, whether the token came along. */
  readonly requests: {
    readonly path: string;
    readonly range: string | undefined;
    readonly token: string | undefined;
  }[];
  /** Content by file name; change it to become another hub. */
  readonly files: Map<string, Buffer>;
  /** What goes wrong. */
  trouble: Trouble;
}

export interface Trouble {
  /** Answers this often with the status before anything else. */
  refuse?: { status: number; times: number; retryAfter?: string };
  /** Ends transfers of the file after so many bytes, once the reader has them; so often. */
  breakOff?: { file: string; after: number; times: number; has: (bytes: number) => boolean };
  /** Sends other bytes than the listing promises. */
  corrupt?: string;
  /** Ignores Range. */
  noRanges?: boolean;
  /** Wants this token. */
  token?: string;
  /** Holds a file's transfer after its first bytes, until the reader goes. */
  hang?: string;
}

const REPOSITORY = "owner/tiny";

async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server: Server = createServer(handle);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

export async function localHub(files: ReadonlyMap<string, Buffer>): Promise<LocalHub> {
  const hub = {
    url: "",
    commit: "0123456789abcdef0123456789abcdef01234567",
    requests: [],
    files: new Map(files),
    trouble: {},
  } satisfies LocalHub as LocalHub & { url: string };
  const storage = await listen((request, response) => {
    sendFile(hub, request, response);
  });
  hub.url = await listen((request, response) => {
    const { refuse, token } = hub.trouble;
    if (refuse !== undefined && refuse.times > 0) {
      refuse.times -= 1;
      response.writeHead(
        refuse.status,
        refuse.retryAfter === undefined ? {} : { "retry-after": refuse.retryAfter },
      );
      response.end();
      return;
    }
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401).end();
      return;
    }
    answer(hub, storage, request, response);
  });
  return hub;
}

function answer(
  hub: LocalHub,
  storage: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = request.url ?? "";
  if (path === `/api/models/${REPOSITORY}/revision/main?blobs=true`) {
    response.writeHead(200, { "content-type": "application/json" }).end(listing(hub));
    return;
  }
  const prefix = `/${REPOSITORY}/resolve/${hub.commit}/`;
  if (!path.startsWith(prefix)) {
    response.writeHead(404).end();
    return;
  }
  // Large files lie on another host, as the hub's do.
  response.writeHead(302, { location: `${storage}/${path.slice(prefix.length)}` }).end();
}

function listing(hub: LocalHub): string {
  const siblings = [...hub.files].map(([rfilename, bytes]) => {
    const isLarge = /\.(safetensors|gguf)$/.test(rfilename);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const blobId = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
    const lfs = isLarge ? { sha256, size: bytes.length, pointerSize: 134 } : undefined;
    return { rfilename, size: bytes.length, blobId, lfs };
  });
  return JSON.stringify({ id: REPOSITORY, sha: hub.commit, siblings });
}

function sendFile(hub: LocalHub, request: IncomingMessage, response: ServerResponse): void {
  const path = decodeURIComponent((request.url ?? "/").slice(1));
  const { range, authorization } = request.headers;
  hub.requests.push({ path, range, token: authorization });
  const whole = hub.files.get(path);
  if (whole === undefined) {
    response.writeHead(404).end();
    return;
  }
  const { corrupt, breakOff, noRanges, hang } = hub.trouble;
  const content = corrupt === path ? Buffer.from(whole).fill(7, whole.length - 3) : whole;
  const start = noRanges === true ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
  const body = content.subarray(start);
  response.writeHead(start > 0 ? 206 : 200, {
    "content-length": body.length,
    ...(start > 0 && { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` }),
  });
  if (hang === path) {
    response.write(body.subarray(0, 100));
    return;
  }
  if (
    breakOff !== undefined &&
    breakOff.file === path &&
    breakOff.times > 0 &&
    body.length > breakOff.after
  ) {
    breakOff.times -= 1;
    response.write(body.subarray(0, breakOff.after));
    const waiting = setInterval(() => {
      if (!breakOff.has(start + breakOff.after)) return;
      clearInterval(waiting);
      response.destroy();
    }, 5);
    return;
  }
  response.end(body);
}
