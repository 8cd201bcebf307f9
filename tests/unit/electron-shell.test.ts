import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import { os } from "@orpc/server";
import type { RouterClient } from "@orpc/server";
import { RPCHandler } from "@orpc/server/message-port";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  acceptedCommands,
  acceptedPort,
  guardContents,
  guardSession,
  isOpenableOutside,
  windowProtocol,
} from "#main/host/electron/electron-shell.ts";
import type { GuardedContents, GuardedSession } from "#main/host/electron/electron-shell.ts";
import { contentSecurityPolicy, readWindowFile } from "#main/host/serve/window-files.ts";

// Electron's binary cannot be had where these tests run: its objects are stood in for by records of
// the same shape. Everything else is real: files, requests, ports, the RPC over them.

let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "gradus-shell-"));
  mkdirSync(join(dir, "window", "assets"), { recursive: true });
  writeFileSync(join(dir, "window", "index.html"), "<p>window</p>");
  writeFileSync(join(dir, "window", "assets", "main.js"), "1;");
  writeFileSync(join(dir, "secret.json"), "{}");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("navigation", () => {
  /** Records what the guard registers, and replays events to it. */
  function guarded(): {
    opened: string[];
    navigate: (url: string) => boolean;
    open: (url: string) => string;
  } {
    const listeners = new Map<string, (event: { preventDefault(): void }, url: string) => void>();
    let openHandler: ((details: { readonly url: string }) => { action: "deny" }) | undefined;
    const contents: GuardedContents = {
      on: (event: string, listener: (event: { preventDefault(): void }, url: string) => void) =>
        listeners.set(event, listener),
      setWindowOpenHandler: (handler) => {
        openHandler = handler;
      },
    };
    const opened: string[] = [];
    guardContents(contents, (url) => opened.push(url));
    return {
      opened,
      navigate: (url) => {
        let prevented = false;
        listeners.get("will-navigate")?.({ preventDefault: () => (prevented = true) }, url);
        return !prevented;
      },
      open: (url) => openHandler?.({ url }).action ?? "not handled",
    };
  }

  test.each([
    ["gradus://app/index.html", true],
    ["gradus://app/#/runs", true],
    ["https://example.org/", false],
    ["file:///etc/passwd", false],
    ["gradus://other/", false],
    ["gradus://app.evil/", false],
    ["javascript:alert(1)", false],
    ["not a url", false],
  ])("the page may go to %s: %s", (url, allowed) => {
    expect(guarded().navigate(url)).toBe(allowed);
  });

  test("a new window is never opened; a web page goes to the user's browser", () => {
    const { open, opened } = guarded();
    expect(open("https://example.org/paper")).toBe("deny");
    expect(open("file:///etc/passwd")).toBe("deny");
    expect(opened).toEqual(["https://example.org/paper"]);
  });

  test.each([
    ["https://example.org/", true],
    ["http://localhost:1/", true],
    ["https://user:word@example.org/", false],
    ["smb://server/share", false],
    ["vscode://file/x", false],
  ])("handing %s to the system is allowed: %s", (url, allowed) => {
    expect(isOpenableOutside(url)).toBe(allowed);
  });
});

describe("the session", () => {
  function guardedSession(isDevelopment: boolean): {
    ask: (permission: string) => boolean;
    load: (url: string) => boolean;
  } {
    let onPermission: Parameters<GuardedSession["setPermissionRequestHandler"]>[0] | undefined;
    let onRequest: Parameters<GuardedSession["webRequest"]["onBeforeRequest"]>[0] | undefined;
    const session: GuardedSession = {
      setPermissionRequestHandler: (handler) => {
        onPermission = handler;
      },
      setPermissionCheckHandler: () => undefined,
      webRequest: {
        onBeforeRequest: (listener) => {
          onRequest = listener;
        },
      },
    };
    guardSession(session, isDevelopment);
    return {
      ask: (permission) => {
        let answer = false;
        onPermission?.(null, permission, (granted) => (answer = granted));
        return answer;
      },
      load: (url) => {
        let cancelled = true;
        onRequest?.({ url }, ({ cancel }) => (cancelled = cancel));
        return !cancelled;
      },
    };
  }

  test("only copying text and telling that a run ended are permitted", () => {
    const { ask } = guardedSession(false);
    expect(ask("clipboard-sanitized-write")).toBe(true);
    expect(ask("notifications")).toBe(true);
    for (const name of ["media", "geolocation", "clipboard-read", "openExternal"]) {
      expect(ask(name)).toBe(false);
    }
  });

  test("nothing is loaded but the window's own files", () => {
    const { load } = guardedSession(false);
    expect(load("gradus://app/assets/main.js")).toBe(true);
    expect(load("https://example.org/x.js")).toBe(false);
    expect(load("file:///etc/passwd")).toBe(false);
    expect(load("devtools://devtools/bundled/index.html")).toBe(false);
    expect(guardedSession(true).load("devtools://devtools/bundled/index.html")).toBe(true);
  });
});

describe("the protocol", () => {
  test("serves the built files with their type and the policy", async () => {
    const serve = windowProtocol(join(dir, "window"));
    const page = await serve(new Request("gradus://app/"));
    expect(await page.text()).toBe("<p>window</p>");
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("content-security-policy")).toBe(contentSecurityPolicy());
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    const script = await serve(new Request("gradus://app/assets/main.js"));
    expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  });

  test("the policy allows no script but the page's own files, and no connection elsewhere", () => {
    const policy = contentSecurityPolicy();
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toContain("unsafe-eval");
  });

  test.each([
    "/../secret.json",
    "/%2e%2e/secret.json",
    "/..%2fsecret.json",
    "/assets/../../secret.json",
    "/..\\secret.json",
    "/%00",
    "/%",
    "/assets",
    "/missing.js",
  ])("the path %s reads nothing", async (path) => {
    expect(await readWindowFile(join(dir, "window"), path)).toBeNull();
  });

  test("a link that leads out of the folder is not followed", async () => {
    symlinkSync(join(dir, "secret.json"), join(dir, "window", "link.json"));
    expect(await readWindowFile(join(dir, "window"), "/link.json")).toBeNull();
  });

  test("another host or method is refused", async () => {
    const serve = windowProtocol(join(dir, "window"));
    expect((await serve(new Request("gradus://other/index.html"))).status).toBe(404);
    expect((await serve(new Request("gradus://app/", { method: "POST" }))).status).toBe(405);
  });
});

describe("the bridge", () => {
  const page = { url: "gradus://app/#/", parent: null };

  test("takes a port from the top frame of the own page", () => {
    expect(acceptedPort({ ports: ["port"], senderFrame: page })).toBe("port");
  });

  test("takes the menu's commands from the same page only, and only as commands", () => {
    const commands = [{ id: "go.runs", title: "Go to Runs", group: "Go to", enabled: true }];
    expect(acceptedCommands({ senderFrame: page }, commands)).toEqual(commands);
    expect(acceptedCommands({ senderFrame: { ...page, parent: {} } }, commands)).toBeNull();
    expect(acceptedCommands({ senderFrame: page }, [{ role: "quit" }])).toBeNull();
    expect(acceptedCommands({ senderFrame: page }, "commands")).toBeNull();
  });

  test.each([
    ["a frame inside the page", { ports: ["port"], senderFrame: { ...page, parent: {} } }],
    ["another page", { ports: ["port"], senderFrame: { ...page, url: "https://example.org/" } }],
    ["a frame that is gone", { ports: ["port"], senderFrame: null }],
    ["a message without a port", { ports: [], senderFrame: page }],
    ["a message with two ports", { ports: ["one", "two"], senderFrame: page }],
  ])("refuses %s", (_who, event) => {
    expect(acceptedPort(event)).toBeNull();
  });

  /** Electron's MessagePortMain wraps what it receives in `{ data }`; Node's port does not. */
  function likeMessagePortMain(port: MessagePort): {
    on: (event: string, listener: (event?: { data: unknown }) => void) => void;
    postMessage: (message: unknown) => void;
  } {
    return {
      on: (event, listener) => {
        port.on(event, (data: unknown) => listener({ data }));
      },
      postMessage: (message) => port.postMessage(message),
    };
  }

  test("calls and their streams travel over a port of Electron's shape", async () => {
    const router = {
      double: os.handler(async ({ input }: { input: unknown }) => Number(input) * 2),
      count: os.handler(async function* () {
        yield 1;
        yield 2;
      }),
    };
    const { port1, port2 } = new MessageChannel();
    new RPCHandler(router).upgrade(likeMessagePortMain(port1), { context: {} });
    const client: RouterClient<typeof router> = createORPCClient(
      new RPCLink({ port: likeMessagePortMain(port2) }),
    );
    expect(await client.double(21)).toBe(42);
    const seen: number[] = [];
    for await (const value of await client.count()) seen.push(value);
    expect(seen).toEqual([1, 2]);
    port1.close();
  });
});
