/**
 * The window in an installed browser. Every user of a machine can read what a program was started with, so the
 * address with its token is not among that: the browser is given a page that only the owner can read, which leads there.
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { withStoreErrors } from "#main/store/database.ts";

export interface BrowserWindow {
  /** The page that leads to the host. */
  readonly page: string;
  /** Takes the page away. */
  close(): void;
}

/** Opens the window. `closed` is called when it has ended. Throws WORKSPACE_READ_ONLY, DISK_FULL. */
export function openBrowserWindow(
  browser: string,
  url: string,
  workspace: string,
  closed: () => void,
): BrowserWindow {
  const profile = join(workspace, "browser");
  const page = join(profile, "window.html");
  withStoreErrors(() => {
    mkdirSync(profile, { recursive: true, mode: 0o700 });
    chmodSync(profile, 0o700);
    // The mode counts only where the file is made.
    rmSync(page, { force: true });
    writeFileSync(page, pageTo(url), { mode: 0o600, flag: "wx" });
  });
  const child = spawn(
    browser,
    [
      `--app=${pathToFileURL(page).href}`,
      // A profile of its own: the window is a process that ends when it is closed.
      `--user-data-dir=${profile}`,
      "--no-first-run",
      "--no-default-browser-check",
      "--lang=en-US",
      "--window-size=1440,900",
    ],
    { stdio: "ignore" },
  );
  child.on("exit", closed);
  child.on("error", () => {
    process.stderr.write(`${browser} could not be started: open ${url} in a browser.\n`);
  });
  return {
    page,
    close: () => {
      rmSync(page, { force: true });
    },
  };
}

/** The address stands in a script as JSON in which no "<" is left to end it. */
function pageTo(url: string): string {
  const text = JSON.stringify(url).replaceAll("<", String.raw`\u003c`);
  return [
    "<!doctype html>",
    '<meta charset="utf-8">',
    '<meta name="referrer" content="no-referrer">',
    "<title>Gradus</title>",
    `<script>location.replace(${text});</script>`,
    "",
  ].join("\n");
}
