import { once } from "node:events";
import { createServer, request } from "node:http";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createORPCClient, getEventMeta, isDefinedError, safe } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { newToken } from "#main/host/serve/session-file.ts";
import { serve } from "#main/host/serve/serve.ts";
import type { ServedHost } from "#main/host/serve/serve.ts";
import { askForProof } from "#renderer/bridge/host-proof.ts";
import type { Contract } from "#shared/contract/contract.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { settled, testApplication } from "../helpers/test-application.ts";
import type { TestApplication } from "../helpers/test-application.ts";
import { recipeYaml } from "../helpers/test-recipe.ts";

type Client = ContractRouterClient<Contract>;

async function servedHost(): Promise<TestApplication & { host: ServedHost; windowRoot: string }> {
  const test = testApplication();
  const windowRoot = temporaryFolder();
  writeFileSync(join(windowRoot, "index.html"), "<!doctype html><title>Gradus</title>");
  mkdirSync(join(windowRoot, "assets"));
  writeFileSync(join(windowRoot, "assets", "a.js"), "1");
  const host = await serve({ app: test.app, port: 0, host: "127.0.0.1", windowRoot });
  onTestFinished(async () => {
    await host.close();
  });
  return { ...test, host, windowRoot };
}

function httpClient(host: ServedHost, token: string = host.token): Client {
  return createORPCClient(
    new RPCLink({ url: `${host.origin}/rpc`, headers: { authorization: `Bearer ${token}` } }),
  );
}

/** A request as no well-behaved client sends it: any path, any header. */
async function rawRequest(
  host: ServedHost,
  options: { path: string; method?: string; headers?: Record<string, string>; body?: string },
): Promise<{ status: number; body: string; headers: Record<string, unknown> }> {
  const { port } = new URL(host.origin);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port,
        path: options.path,
        method: options.method ?? "GET",
        headers: options.headers ?? {},
      },
      (response) => {
        let body = "";
        response.on("data", (chunk) => {
          body += String(chunk);
        });
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers });
        });
      },
    );
    sent.on("error", reject);
    sent.end(options.body);
  });
}

/** How a WebSocket attempt ends: its close code, or the status of the refusal. */
async function socketEnd(
  host: ServedHost,
  protocols: string[],
  headers: Record<string, string> = {},
): Promise<number> {
  const socket = new WebSocket(`${host.origin.replace("http", "ws")}/rpc`, protocols, { headers });
  return new Promise((resolve) => {
    socket.on("close", (code) => {
      resolve(code);
    });
    socket.on("unexpected-response", (_request, response) => {
      resolve(response.statusCode ?? 0);
    });
    socket.on("error", () => undefined);
  });
}

async function openSocket(
  host: ServedHost,
  headers: Record<string, string> = {},
): Promise<WebSocket> {
  const socket = new WebSocket(
    `${host.origin.replace("http", "ws")}/rpc`,
    ["gradus", `gradus.token.${host.token}`],
    { headers },
  );
  onTestFinished(() => {
    socket.terminate();
  });
  await new Promise((resolve, reject) => {
    socket.on("open", resolve);
    socket.on("error", reject);
  });
  return socket;
}

test("the window's files are served with their policy, and nothing may be framed or run inline", async () => {
  const { host } = await servedHost();
  const page = await fetch(`${host.origin}/`);
  expect(page.status).toBe(200);
  expect(page.headers.get("content-type")).toContain("text/html");
  const policy = page.headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(page.headers.get("x-content-type-options")).toBe("nosniff");
  expect((await fetch(`${host.origin}/assets/a.js`)).status).toBe(200);
});

test("paths out of the window's folder are refused", async () => {
  const { host, windowRoot, workspace } = await servedHost();
  symlinkSync(workspace, join(windowRoot, "link"));
  writeFileSync(join(workspace, "secret.json"), "{}");
  const paths = [
    "/../package.json",
    "/..%2fpackage.json",
    "/%2e%2e/%2e%2e/package.json",
    "/assets/../../secret.json",
    "/link/secret.json",
    "//etc/passwd",
    "/assets/a.js%00.html",
    "/%",
    "/..\\package.json",
  ];
  const answers = await Promise.all(
    paths.map(async (path) => {
      const { status } = await rawRequest(host, { path });
      return { path, status };
    }),
  );
  expect(answers).toEqual(paths.map((path) => ({ path, status: 404 })));
});

test("a call without the token, or with another, is refused", async () => {
  const { host } = await servedHost();
  const call = { path: "/rpc/system/info", method: "POST", body: "{}" };
  expect((await rawRequest(host, call)).status).toBe(401);
  const statuses = await Promise.all(
    ["Bearer x", `Bearer ${host.token}x`, host.token, "Bearer "].map(async (authorization) => {
      const { status } = await rawRequest(host, { ...call, headers: { authorization } });
      return status;
    }),
  );
  expect(statuses).toEqual([401, 401, 401, 401]);
  const withQuery = { ...call, path: `/rpc/system/info?token=${host.token}` };
  expect((await rawRequest(host, withQuery)).status).toBe(401);
});

test("another Host name is refused, even with the token: names can be made to point here", async () => {
  const { host } = await servedHost();
  const authorization = `Bearer ${host.token}`;
  const { port } = new URL(host.origin);
  const statuses = await Promise.all(
    [`evil.example:${port}`, "127.0.0.1", "127.0.0.1:1"].map(async (name) => {
      const { status } = await rawRequest(host, {
        path: "/rpc/system/info",
        method: "POST",
        headers: { authorization, host: name },
      });
      return status;
    }),
  );
  expect(statuses).toEqual([403, 403, 403]);
  const page = await rawRequest(host, { path: "/", headers: { host: "evil.example" } });
  expect(page.status).toBe(403);
});

test("a page of another origin is refused, even with the token", async () => {
  const { host } = await servedHost();
  const statuses = await Promise.all(
    [
      "http://evil.example",
      "null",
      host.origin.replace("http:", "https:"),
      `${host.origin}.evil.example`,
    ].map(async (origin) => {
      const { status } = await rawRequest(host, {
        path: "/rpc/system/info",
        method: "POST",
        headers: { authorization: `Bearer ${host.token}`, origin },
      });
      return status;
    }),
  );
  expect(statuses).toEqual([403, 403, 403, 403]);
});

test("a form that another site posts is refused and changes nothing", async () => {
  const { host, app } = await servedHost();
  const { status } = await rawRequest(host, {
    path: "/rpc/demo/start",
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      origin: "http://evil.example",
      cookie: `token=${host.token}`,
    },
    body: "data=%7B%7D",
  });
  expect(status).toBe(403);
  const ownFormWithoutToken = await rawRequest(host, {
    path: "/rpc/demo/start",
    method: "POST",
    headers: { "content-type": "text/plain", cookie: `token=${host.token}` },
    body: "{}",
  });
  expect(ownFormWithoutToken.status).toBe(401);
  expect(app.store.pipelines.list({ offset: 0, limit: 1 }).total).toBe(0);
});

test("a WebSocket needs the token and its own origin", async () => {
  const { host } = await servedHost();
  expect(await socketEnd(host, ["gradus"])).toBe(4401);
  expect(await socketEnd(host, ["gradus", "gradus.token.x"])).toBe(4401);
  const good = ["gradus", `gradus.token.${host.token}`];
  expect(await socketEnd(host, good, { origin: "http://evil.example" })).toBe(403);
  expect(await socketEnd(host, good, { host: "evil.example" })).toBe(403);
  const socket = await openSocket(host, { origin: host.origin });
  expect(socket.protocol).toBe("gradus");
});

test("other machines cannot be let in by mistake", async () => {
  const { app } = testApplication();
  await expect(serve({ app, port: 0, host: "0.0.0.0" })).rejects.toThrow(/this machine only/);
});

test("a taken port is named", async () => {
  const { host, app } = await servedHost();
  const port = Number(new URL(host.origin).port);
  await expect(serve({ app, port, host: "127.0.0.1" })).rejects.toThrow(`${port} is taken`);
});

test("the contract answers over HTTP, and declared errors say what to do", async () => {
  const { host, workspace } = await servedHost();
  const client = httpClient(host);
  const info = await client.system.info();
  expect(info.workspace.path).toBe(workspace);
  const [error] = await safe(client.pipelines.start({ yaml: "name: x\nmodels: {}\nstages: []\n" }));
  expect(isDefinedError(error) && error.code).toBe("BAD_RECIPE");
  const [missing] = await safe(client.runs.get({ runId: "nothing" }));
  expect(isDefinedError(missing) && missing.data).toMatchObject({
    advice: expect.stringContaining("runs list"),
  });
});

test("an input that the contract does not know is refused before it reaches a service", async () => {
  const { host } = await servedHost();
  const { status } = await rawRequest(host, {
    path: "/rpc/runs/get",
    method: "POST",
    headers: { authorization: `Bearer ${host.token}`, "content-type": "application/json" },
    body: JSON.stringify({ json: { runId: 7, extra: true } }),
  });
  expect(status).toBe(400);
});

test("what is no call is refused in words, and is no bug", async () => {
  const { host, app } = await servedHost();
  const bugs: unknown[] = [];
  app.reportBug = (error) => {
    bugs.push(error);
  };
  const headers = {
    host: `127.0.0.1:${host.port}`,
    authorization: `Bearer ${host.token}`,
    "content-type": "application/json",
  };
  const statuses = await Promise.all(
    [
      { path: "/rpc/%E0%A4%A", method: "POST", body: "{}" },
      { path: "/%E0%A4%A" },
      { path: "/rpc/system/info", method: "POST", body: "{" },
      { path: "/rpc/runs/get", method: "POST", body: '{"json":null}' },
      { path: "/rpc/system/info", method: "POST", body: "\ud800\u0000" },
      { path: "/rpc/__proto__/toString", method: "POST", body: "{}" },
      { path: "/rpc/playground/complete", method: "POST", body: "[".repeat(100_000) },
    ].map(async (options) => (await rawRequest(host, { headers, ...options })).status),
  );
  expect(statuses).toEqual([404, 404, 400, 400, 400, 404, 400]);
  expect(bugs).toEqual([]);
});

test("a stream over HTTP goes on after the last event that was seen", async () => {
  const { host, app } = await servedHost();
  const client = httpClient(host);
  const first = await client.system.watch();
  const { value: snapshot } = await first.next();
  expect(snapshot).toEqual({ type: "snapshot", active: [] });
  const lastEventId = getEventMeta(snapshot)?.id;
  await first.return();
  app.live.publish([{ type: "models" }]);
  const again = await client.system.watch(undefined, { lastEventId });
  expect((await again.next()).value).toEqual({ type: "models" });
  await again.return();
});

test("a pipeline is watched over the WebSocket from its snapshot to its end", async () => {
  const { host, app, model } = await servedHost();
  const socket = new globalThis.WebSocket(`${host.origin.replace("http", "ws")}/rpc`, [
    "gradus",
    `gradus.token.${host.token}`,
  ]);
  onTestFinished(() => {
    socket.close();
  });
  const client: Client = createORPCClient(new SocketLink({ websocket: socket }));
  const { pipelineId } = await client.pipelines.start({ yaml: recipeYaml(model) });
  const seen = new Set<string>();
  const steps: number[] = [];
  const watch = await client.pipelines.watch({ pipelineId });
  for await (const event of watch) {
    seen.add(event.type);
    if (event.type === "metrics") steps.push(...event.points.map(({ step }) => step));
    if (event.type === "pipeline" && event.pipeline.status === "finished") break;
  }
  expect([...seen]).toEqual(
    expect.arrayContaining([
      "snapshot",
      "pipeline",
      "run",
      "metrics",
      "rollouts",
      "checkpoint",
      "evaluation",
      "event",
    ]),
  );
  // Two training stages of ten steps, each point once.
  const each = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  expect(steps).toEqual([...each, ...each]);
  const { rows } = await client.pipelines.results({ pipelineId });
  expect(rows).toHaveLength(2);
  await settled(app, pipelineId);
});

/** Whatever listens on a port and answers everything with `answer`; what it saw of each request, head and body. */
async function stranger(
  answer: (question: string) => Promise<string> | string,
): Promise<{ address: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((asked, response) => {
    seen.push(`${asked.method ?? ""} ${asked.url ?? ""} ${JSON.stringify(asked.headers)}`);
    void Promise.resolve(answer(asked.url ?? "")).then((text) => response.end(text));
  });
  server.on("upgrade", (asked, socket) => {
    seen.push(JSON.stringify(asked.headers));
    socket.destroy();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const port = z.object({ port: z.int() }).parse(server.address()).port;
  return { address: `http://127.0.0.1:${port}/`, seen };
}

test("a host proves that it knows the token; one that knows another does not", async () => {
  const { host } = await servedHost();
  expect(await askForProof(`${host.origin}/#/runs`, host.token)).toBe("knows");
  expect(await askForProof(host.origin, newToken())).toBe("other");
  const refused = await rawRequest(host, {
    path: "/prove?nonce=short",
    headers: { host: new URL(host.origin).host },
  });
  expect(refused.status).toBe(400);
});

test("a stranger on the port never sees the token, and cannot pass on a host's proof", async () => {
  const { host } = await servedHost();
  const made = await stranger(() => "0".repeat(64));
  expect(await askForProof(made.address, host.token)).toBe("other");
  const silent = await stranger(() => "Hello");
  expect(await askForProof(silent.address, host.token)).toBe("silent");
  // It asks the real host, which meanwhile listens elsewhere, as a window there would.
  const between = await stranger(async (question) =>
    (await fetch(`${host.origin}${question}`)).text(),
  );
  expect(await askForProof(between.address, host.token)).toBe("other");
  for (const { seen } of [made, silent, between]) {
    expect(seen).toHaveLength(1);
    expect(seen.join("\n")).not.toContain(host.token);
  }
});
