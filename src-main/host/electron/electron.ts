/**
 * The Electron host: the same application and router as `serve`, spoken to over a MessagePort by a
 * sandboxed window. The only file that imports Electron; what it decides is in electron-shell.ts.
 */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RPCHandler } from "@orpc/server/message-port";
import {
  BrowserWindow,
  Menu,
  app,
  dialog,
  ipcMain,
  powerSaveBlocker,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
} from "electron";
import type { WebContents } from "electron";
import electronUpdater from "electron-updater";
import { AppError } from "#shared/errors.ts";
import type { MenuCommand } from "#shared/schema/shell.ts";
import { fetchRuntime } from "#main/platform/tensorflow/fetch-runtime.ts";
import { dataFolder } from "#main/platform/paths.ts";
import { Application } from "#main/services/application.ts";
import { createRouter } from "#main/procedures/router.ts";
import { catchBugs } from "../catch-bugs.ts";
import { WindowMessages } from "./window-messages.ts";
import { menuTemplate } from "./electron-menu.ts";
import type { MenuActions } from "./electron-menu.ts";
import {
  CONNECT_CHANNEL,
  MENU_CHANNEL,
  SCHEME,
  SHELL_CHANNEL,
  WEB_PREFERENCES,
  WINDOW_URL,
  acceptedCommands,
  acceptedPort,
  guardContents,
  guardSession,
  isOpenableOutside,
  windowProtocol,
} from "./electron-shell.ts";
import { keepAwakeWhileWorking } from "./keep-awake.ts";
import { keychainOf } from "./keychain.ts";
import { RECIPE_ENDINGS, recipeArgument, recipeMessage } from "./recipe-files.ts";
import { watchForUpdates } from "./updates.ts";
import { writeWindowState, readWindowState } from "./window-state.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const isDevelopment = !app.isPackaged;

app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

/** What the window is messages to do waits here until it listens. */
const messages = new WindowMessages((contents: WebContents, message) => {
  contents.send(SHELL_CHANNEL, message);
});

function openRecipe(path: string | undefined): void {
  if (path !== undefined) messages.tell(recipeMessage(path));
}

async function chooseRecipe(): Promise<void> {
  const { filePaths } = await dialog.showOpenDialog({
    title: "Open a recipe",
    properties: ["openFile"],
    filters: [{ name: "Recipe", extensions: [...RECIPE_ENDINGS] }],
  });
  openRecipe(filePaths[0]);
}

function openOutside(url: string): void {
  if (isOpenableOutside(url)) void shell.openExternal(url);
}

function openWindow(): BrowserWindow {
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const kept = readWindowState(dataFolder(), areas);
  const window = new BrowserWindow({
    ...(kept?.bounds ?? { width: 1440, height: 900 }),
    minWidth: 900,
    minHeight: 600,
    show: false,
    icon: here("../../../assets/icons/icon.png"),
    backgroundColor: "#14161a",
    webPreferences: {
      ...WEB_PREFERENCES,
      preload: here("../preload.cjs"),
      devTools: isDevelopment,
    },
  });
  if (kept?.maximized === true) window.maximize();
  window.once("ready-to-show", () => window.show());
  const contents = window.webContents;
  window.on("closed", () => messages.close(contents));
  window.on("close", () => {
    const state = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    writeWindowState(dataFolder(), state);
  });
  void window.loadURL(WINDOW_URL);
  return window;
}

function start(): void {
  const application = new Application({
    workspace: dataFolder(),
    shell: "electron",
    keyCipher: keychainOf(safeStorage),
  });
  catchBugs(application);

  const handler = new RPCHandler(createRouter(application));
  ipcMain.on(CONNECT_CHANNEL, (event) => {
    const port = acceptedPort(event);
    if (port === null) return;
    handler.upgrade(port, { context: {} });
    port.start();
  });
  guardSession(session.defaultSession, isDevelopment);
  protocol.handle(SCHEME, windowProtocol(here("../../../out/renderer")));
  const actions: MenuActions = {
    openDataFolder: () => void shell.openPath(application.paths.root),
    openRecipe: () => void chooseRecipe(),
    lookForUpdates: updates()?.look,
    run: (id) => messages.tell({ type: "gradus:command", id }),
  };
  const showMenu = (commands: readonly MenuCommand[]): void => {
    const template = menuTemplate(process.platform, isDevelopment, actions, commands);
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };
  showMenu([]);
  ipcMain.on(MENU_CHANNEL, (event, commands: unknown) => {
    const accepted = acceptedCommands(event, commands);
    if (accepted === null) return;
    showMenu(accepted);
    // The page has told its commands: it listens.
    messages.open(event.sender);
  });
  const sleepAgain = keepAwakeWhileWorking(powerSaveBlocker, {
    running: application.store.pipelines
      .list({ status: ["running", "stopping"], offset: 0, limit: 100 })
      .pipelines.map(({ id }) => id),
    listen: (listener) => application.live.listen(listener),
  });
  application.runner.continueQueue();
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
    sleepAgain();
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

/** Looks for newer versions where the package was built with a feed. */
function updates(): ReturnType<typeof watchForUpdates> | undefined {
  // Written into the package by electron-builder, beside the application.
  if (isDevelopment || !existsSync(join(process.resourcesPath, "app-update.yml"))) return undefined;
  return watchForUpdates(electronUpdater.autoUpdater, {
    ask: async (message, detail) => {
      const buttons = ["Fetch", "Not now"];
      const { response } = await dialog.showMessageBox({ message, detail, buttons, cancelId: 1 });
      return response === 0;
    },
    tell: (message, detail) => void dialog.showMessageBox({ message, detail }),
  });
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
  app.on("second-instance", (_event, argv, folder) => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
    openRecipe(recipeArgument(argv, folder));
  });
  app.on("open-file", (event, path) => {
    event.preventDefault();
    openRecipe(path);
  });
  openRecipe(recipeArgument(process.argv, process.cwd()));
  process.chdir(homedir());
  // Not awaited: Electron says "ready" only after this module has run to its end.
  void app.whenReady().then(start).catch(refuse);
} else {
  app.quit();
}
