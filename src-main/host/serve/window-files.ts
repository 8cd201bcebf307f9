/**
 * The built window's files, for whoever serves them: Electron's protocol handler and the HTTP host.
 * Only files below the root are ever read, and each answer carries the policy that keeps the page
 * from loading or talking to anything but its host.
 */
import { readFile, realpath } from "node:fs/promises";
import { extname, join, sep } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

export type WindowFile = { readonly type: string; readonly body: Buffer };

/**
 * The page's content security policy. Styles may be inline since Mantine writes its responsive rules
 * into style elements; scripts never.
 * @param connect sources that the page may talk to, besides its own origin
 */
export function contentSecurityPolicy(connect: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    "img-src 'self' data: blob:",
    ["connect-src 'self'", ...connect].join(" "),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join("; ");
}

/** Headers that go with every answer to the window. */
export function securityHeaders(connect: readonly string[] = []): Record<string, string> {
  return {
    "content-security-policy": contentSecurityPolicy(connect),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  };
}

/**
 * The file that a request's path names: `/` is index.html.
 * @param root the folder of the built window
 * @param pathname of the URL, still percent-encoded
 * @returns null where there is no such file below the root, or its kind is none of a window's
 */
export async function readWindowFile(root: string, pathname: string): Promise<WindowFile | null> {
  const path = decodePath(pathname);
  if (path === null) return null;
  const name = path === "/" ? "/index.html" : path;
  const type = TYPES[extname(name)];
  if (type === undefined) return null;
  try {
    // Links are followed before the check: what counts is where the file really is.
    const base = await realpath(root);
    const file = await realpath(join(base, name));
    if (!file.startsWith(base + sep)) return null;
    return { type, body: await readFile(file) };
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

function decodePath(pathname: string): string | null {
  try {
    const path = decodeURIComponent(pathname);
    return path.startsWith("/") && !path.includes("\0") && !path.includes("\\") ? path : null;
  } catch {
    return null;
  }
}
