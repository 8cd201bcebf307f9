/** `serve`, `app` and `doctor`. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { z } from "zod";
import { dataFolder } from "#main/platform/paths.ts";
import { Application } from "#main/services/application.ts";
import { findBrowser } from "#main/services/workspace/system-facts.ts";
import { AppError } from "#shared/errors.ts";
import { catchBugs } from "../../catch-bugs.ts";
import { openBrowserWindow } from "../../serve/browser-window.ts";
import type { BrowserWindow } from "../../serve/browser-window.ts";
import { writeSession, readSession } from "../../serve/session-file.ts";
import { serve } from "../../serve/serve.ts";
import type { ServedHost } from "../../serve/serve.ts";
import { serveModels } from "../serve-models.ts";
import { contextOf, wholeNumber, withCommonOptions, withHost } from "../command-context.ts";
import type { CommandContext } from "../command-context.ts";
import { Failed, table } from "../printing/terminal.ts";

const ServeOptions = z.object({
  port: z.int(),
  host: z.string(),
  newToken: z.boolean(),
  openai: z.boolean(),
  model: z.string().optional(),
});

export function addServeCommands(program: Command): void {
  withCommonOptions(program.command("serve"))
    .description("the headless host: prints an address that a browser on this machine opens")
    .option("--port <port>", "0 takes a free one", wholeNumber(0), 8123)
    .option(
      "--host <address>",
      "127.0.0.1, localhost or ::1; with --openai any, guarded by GRADUS_OPENAI_TOKEN",
      "127.0.0.1",
    )
    .option("--new-token", "shuts out windows that knew the workspace's last token", false)
    .option("--openai", "instead of the window, models for programs that speak OpenAI's API", false)
    .option("--model <model>", "with --openai: the only one, loaded at once; by default all")
    .action(async (_options: unknown, command: Command) => {
      const { port, host, newToken, openai, model } = ServeOptions.parse(command.opts());
      if (openai) {
        await serveModels(contextOf(command), { port, host, model });
        return;
      }
      if (model !== undefined) command.error("error: --model goes with --openai");
      await runHost(contextOf(command), { port, host, newToken, browser: undefined });
    });

  withCommonOptions(program.command("app"))
    .description("the window: in Electron, else in an installed Chromium, else by its address")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      const electron = findElectron();
      if (electron !== undefined && hasDisplay()) await runElectron(electron);
      else {
        const browser = hasDisplay() ? findBrowser() : null;
        await runHost(context, { port: "last", host: "127.0.0.1", newToken: false, browser });
      }
    });

  withCommonOptions(program.command("doctor"))
    .description("the runtime, devices, disk and browsers, and what to do about each problem")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const report = await client.system.doctor();
        context.terminal.result(
          report,
          table(
            ["", "what", "how it is"],
            report.checks.flatMap(({ status, title, detail, advice }) => [
              [MARKS[status], title, detail],
              ...(advice === null ? [] : [["", "", advice]]),
            ]),
          ),
        );
        if (!report.ok) throw new Failed();
      });
    });
}

const MARKS = { ok: "ok", warning: "!", error: "x" } as const;

interface HostOptions {
  /** "last": the one the workspace's host had before, where it is free. */
  readonly port: number | "last";
  readonly host: string;
  readonly newToken: boolean;
  /** Opened as the window, and ends the host with it; null: none was found; undefined: none is wanted. */
  readonly browser: string | null | undefined;
}

/** Serves until it is told to end. */
async function runHost(context: CommandContext, options: HostOptions): Promise<void> {
  const { terminal } = context;
  const { browser } = options;
  const app = new Application({ workspace: context.workspace ?? dataFolder(), shell: "serve" });
  catchBugs(app);
  const ended = Promise.withResolvers<void>();
  try {
    const served = await serveAsBefore(app, options);
    app.announce(served.url);
    app.runner.continueQueue();
    let window: BrowserWindow | undefined;
    const end = (): void => {
      ended.resolve();
    };
    // Before it is announced: whoever waited for that may end it at once.
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
    process.once("SIGHUP", end);
    try {
      if (terminal.json) {
        // One line, at once: whoever started this host waits for it.
        process.stdout.write(`${JSON.stringify({ url: served.url, pid: process.pid })}\n`);
      } else process.stdout.write(`Gradus is at ${served.url}\n`);
      if (browser === null) {
        terminal.note("No display or no Chromium was found: open this address in a browser.");
      } else if (browser !== undefined) {
        window = openBrowserWindow(browser, served.url, app.paths.root, () => {
          ended.resolve();
        });
      }
      await ended.promise;
    } finally {
      window?.close();
      await served.close();
    }
  } finally {
    await app.close();
  }
}

/** With the workspace's last token, so that windows which are still open go on. */
async function serveAsBefore(app: Application, options: HostOptions): Promise<ServedHost> {
  const kept = readSession(app.paths.root);
  const { host } = options;
  const token = options.newToken ? undefined : kept?.token;
  const served = await listenAt(options.port === "last" ? (kept?.port ?? 0) : options.port);
  writeSession(app.paths.root, { token: served.token, port: served.port });
  return served;

  async function listenAt(port: number): Promise<ServedHost> {
    try {
      return await serve({ app, host, token, port });
    } catch (error) {
      const taken = error instanceof AppError && error.code === "CONFLICT";
      if (taken && options.port === "last" && port !== 0) return listenAt(0);
      throw error;
    }
  }
}

async function runElectron(binary: string): Promise<void> {
  // Built by scripts/build-app.mjs: Electron runs JavaScript only.
  const built = fileURLToPath(new URL("../../../../out/app", import.meta.url));
  const child = spawn(binary, [built], { stdio: "inherit" });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on("exit", (code) => {
    resolve(code ?? 1);
  });
  child.on("error", reject);
  const stop = (): void => {
    child.kill("SIGTERM");
  };
  process.once("SIGTERM", stop);
  if ((await promise) !== 0) throw new Failed();
}

/** Electron's executable, where its package's binary was fetched; its package alone does not bring it. */
function findElectron(): string | undefined {
  // Asking the package itself would download the binary.
  const folder = fileURLToPath(new URL("../../../../node_modules/electron", import.meta.url));
  const note = join(folder, "path.txt");
  if (!existsSync(note)) return undefined;
  const path = join(folder, "dist", readFileSync(note, "utf8").trim());
  return existsSync(path) ? path : undefined;
}

function hasDisplay(): boolean {
  if (process.platform !== "linux") return true;
  return (process.env["DISPLAY"] ?? process.env["WAYLAND_DISPLAY"] ?? "") !== "";
}
