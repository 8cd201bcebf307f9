/**
 * What the Electron host decides, apart from Electron: every function takes Electron's objects (or
 * something of their shape) as arguments, so that the decisions are tested without its binary.
 * electron.ts is the only file that imports Electron.
 */
import { MenuCommands } from "#shared/schema/shell.ts";
import type { MenuCommand } from "#shared/schema/shell.ts";
import { readWindowFile, securityHeaders } from "../serve/window-files.ts";

/** The window's own scheme: no file:// page, no remote content. */
export const SCHEME = "gradus";
export const WINDOW_URL = `${SCHEME}://app/`;
/** The channel on which the window hands over its end of a MessagePort. */
export const CONNECT_CHANNEL = "gradus:connect";
/** The channel on which the window tells its commands. */
export const MENU_CHANNEL = "gradus:menu";
/** The channel on which the window is asked to do something. */
export const SHELL_CHANNEL = "gradus:shell";

/** Settings of the window that keep its page apart from Node. */
export const WEB_PREFERENCES = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const;

type Cancellable = { preventDefault(): void };
/** The part of Electron's WebContents that is guarded. */
export type GuardedContents = {
  on(
    event: "will-navigate" | "will-redirect",
    listener: (event: Cancellable, url: string) => void,
  ): unknown;
  on(event: "will-attach-webview", listener: (event: Cancellable) => void): unknown;
  setWindowOpenHandler(handler: (details: { readonly url: string }) => { action: "deny" }): void;
};

export function isWindowUrl(url: string): boolean {
  return URL.canParse(url) && url.startsWith(WINDOW_URL);
}

/** Whether a link may be handed to the user's browser: web pages only, without credentials in them. */
export function isOpenableOutside(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
}

/** The page stays where it is; links to web pages open in the user's browser. */
export function guardContents(contents: GuardedContents, openOutside: (url: string) => void): void {
  const stay = (event: Cancellable, url: string): void => {
    if (!isWindowUrl(url)) event.preventDefault();
  };
  contents.on("will-navigate", stay);
  contents.on("will-redirect", stay);
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (isOpenableOutside(url)) openOutside(url);
    return { action: "deny" };
  });
}

/** The part of Electron's Session that is guarded. */
export type GuardedSession = {
  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, answer: (granted: boolean) => void) => void,
  ): void;
  setPermissionCheckHandler(handler: (contents: unknown, permission: string) => boolean): void;
  readonly webRequest: {
    onBeforeRequest(
      listener: (
        details: { readonly url: string },
        answer: (response: { cancel: boolean }) => void,
      ) => void,
    ): void;
  };
};

/** Copying text, and telling that a run ended, is all that the page may ask of the system. */
const GRANTED: ReadonlySet<string> = new Set(["clipboard-sanitized-write", "notifications"]);

/** Denies permissions and every request that does not go to the window's own scheme. */
export function guardSession(session: GuardedSession, isDevelopment: boolean): void {
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(GRANTED.has(permission)),
  );
  session.setPermissionCheckHandler((_contents, permission) => GRANTED.has(permission));
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const local = /^(gradus:\/\/app\/|data:image\/|blob:gradus:\/\/app\/)/.test(url);
    answer({ cancel: !local && !(isDevelopment && url.startsWith("devtools:")) });
  });
}

/**
 * Answers the window's requests from the built files.
 * @param root the folder of the built window
 */
export function windowProtocol(root: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const headers = securityHeaders();
    if (request.method !== "GET") return new Response(null, { status: 405, headers });
    if (!isWindowUrl(request.url)) return new Response(null, { status: 404, headers });
    const file = await readWindowFile(root, new URL(request.url).pathname);
    if (file === null) return new Response(null, { status: 404, headers });
    return new Response(new Uint8Array(file.body), {
      headers: { ...headers, "content-type": file.type },
    });
  };
}

/** The part of Electron's IpcMainEvent that the sender check reads. */
export type ConnectEvent<Port> = {
  readonly ports: readonly Port[];
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
};

/**
 * The port of a window that may talk to the host: sent by the top frame of our own page.
 * @returns null for everyone else
 */
export function acceptedPort<Port>(event: ConnectEvent<Port>): Port | null {
  const { ports } = event;
  return isFromWindow(event) && ports.length === 1 ? (ports[0] ?? null) : null;
}

/** The commands of a window that may change the menu; null for everyone else and for anything else. */
export function acceptedCommands(
  event: Pick<ConnectEvent<never>, "senderFrame">,
  commands: unknown,
): readonly MenuCommand[] | null {
  if (!isFromWindow(event)) return null;
  const parsed = MenuCommands.safeParse(commands);
  return parsed.success ? parsed.data : null;
}

function isFromWindow({ senderFrame }: Pick<ConnectEvent<never>, "senderFrame">): boolean {
  return senderFrame !== null && senderFrame.parent === null && isWindowUrl(senderFrame.url);
}
