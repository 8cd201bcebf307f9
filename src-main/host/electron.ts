/**
 * The Electron host: the same application and router as `serve`, spoken to over a MessagePort by a
 * sandboxed window. The only file that imports Electron; what it decides is in electron-shell.ts.
 */
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { RPCHandler } from "@orpc/server/message-port";
import { BrowserWindow, Menu, app, dialog, ipcMain, protocol, session, shell } from "electron";
import { AppError } from "#shared/errors.ts";
import { fetchRuntime } from "#main/jobs/fetch-runtime.ts";
import { dataFolder } from "#main/platform/paths.ts";
import { Application } from "#main/services/application.ts";
import { createRouter } from "#main/services/router.ts";
import { menuTemplate } from "./electron-menu.ts";
import {
  CONNECT_CHANNEL,
  SCHEME,
  WEB_PREFERENCES,
  WINDOW_URL,
  acceptedPort,
  guardContents,
  guardSession,
  isOpenableOutside,
  windowProtocol,
} from "./electron-shell.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const isDevelopment = !app.isPackaged;

app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

function openOutside(url: string): void {
  if (isOpenableOutside(url)) void shell.openExternal(url);
}

function openWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 900,
    minHeight: 600,
    show: false,
    icon: here("../../assets/icons/icon.png"),
    backgroundColor: "#14161a",
    webPreferences: { ...WEB_PREFERENCES, preload: here("./preload.cjs"), devTools: isDevelopment },
  });
  window.once("ready-to-show", () => window.show());
  void window.loadURL(WINDOW_URL);
  return window;
}

function start(): void {
  const application = new Application({ workspace: dataFolder(), shell: "electron" });
  process.on("uncaughtException", (error) => application.reportBug(error));
  process.on("unhandledRejection", (error) => application.reportBug(error));

  const handler = new RPCHandler(createRouter(application));
  ipcMain.on(CONNECT_CHANNEL, (event) => {
    const port = acceptedPort(event);
    if (port === null) return;
    handler.upgrade(port, { context: {} });
    port.start();
  });
  guardSession(session.defaultSession, isDevelopment);
  protocol.handle(SCHEME, windowProtocol(here("../../out/renderer")));
  const menu = menuTemplate(process.platform, isDevelopment, {
    openDataFolder: () => void shell.openPath(application.paths.root),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
  const stopFetching = new AbortController();
  void showFetch(openWindow(), application, stopFetching.signal);
  app.on("activate", () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow();
  });

  let isClosed = false;
  app.on("will-quit", (event) => {
    if (isClosed) return;
    // Runs are stopped at a checkpoint and the database closed before the process ends.
    event.preventDefault();
    stopFetching.abort();
    void application.close().finally(() => {
      isClosed = true;
      app.quit();
    });
  });
}

/** Fetches TensorFlow's library on the first start, with its progress on the window's icon. */
async function showFetch(
  window: BrowserWindow,
  application: Application,
  signal: AbortSignal,
): Promise<void> {
  try {
    await fetchRuntime(
      dataFolder(),
      (share) => {
        if (!window.isDestroyed()) window.setProgressBar(share);
      },
      signal,
    );
  } catch (error) {
    // What a user can cause is shown by the window, as the runtime's state.
    if (!(error instanceof AppError) && !signal.aborted) application.reportBug(error);
  } finally {
    if (!window.isDestroyed()) window.setProgressBar(-1);
  }
}

/** For example: another host holds the workspace, or its disk is full. */
function refuse(error: unknown): void {
  const advice = error instanceof AppError ? error.advice : undefined;
  const message = error instanceof Error ? error.message : String(error);
  dialog.showErrorBox("Gradus cannot start", [message, advice].filter(Boolean).join("\n\n"));
  app.exit(1);
}

app.on("web-contents-created", (_event, contents) => guardContents(contents, openOutside));
app.on("window-all-closed", () => {
  if (process.platform !== "darwin") app.quit();
});

if (app.requestSingleInstanceLock()) {
  app.on("second-instance", () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
  });
  process.chdir(homedir());
  // Not awaited: Electron says "ready" only after this module has run to its end.
  void app.whenReady().then(start).catch(refuse);
} else {
  app.quit();
}
