/**
 * Stands in for the package "electron" where its binary cannot be had: enough of its main process's
 * API for src-main/host/electron/electron.ts to start, and the other end of what it registers. The test that
 * uses it says so. Loaded in place of the package by electron-driver.mjs.
 */
import { EventEmitter } from "node:events";

/** What the host did, for the driver to look at. */
export const seen = {
  loaded: [],
  menus: 0,
  asked: [],
  awake: 0,
  schemes: [],
  protocols: new Map(),
  errors: [],
  exits: [],
};

class App extends EventEmitter {
  isPackaged = false;
  /** Settled by the driver after the host's module has run to its end, as Electron does. */
  ready = Promise.withResolvers();
  enableSandbox() {
    seen.sandboxed = true;
  }
  requestSingleInstanceLock() {
    return true;
  }
  whenReady() {
    return this.ready.promise;
  }
  quit() {
    let prevented = false;
    this.emit("will-quit", { preventDefault: () => (prevented = true) });
    if (!prevented) process.exit(0);
  }
  exit(code) {
    process.exit(code);
  }
}

export const app = new App();
export const ipcMain = new EventEmitter();

export class BrowserWindow extends EventEmitter {
  static all = [];
  static getAllWindows() {
    return BrowserWindow.all;
  }
  constructor(options) {
    super();
    seen.window = options;
    BrowserWindow.all.push(this);
    this.webContents = { send: (_channel, message) => seen.asked.push(message) };
    app.emit(
      "web-contents-created",
      {},
      Object.assign(new EventEmitter(), { setWindowOpenHandler() {} }),
    );
  }
  async loadURL(url) {
    seen.loaded.push(url);
  }
  maximize() {}
  isDestroyed() {
    return false;
  }
  setProgressBar(share) {
    seen.progress = share;
  }
}

export const Menu = {
  buildFromTemplate: (template) => template,
  setApplicationMenu: (template) => (seen.menus = template.length),
};
export const dialog = {
  showErrorBox: (title, text) => console.error(`${title}: ${text}`),
  showOpenDialog: async () => ({ filePaths: [] }),
};
export const safeStorage = {
  isEncryptionAvailable: () => false,
};
export const protocol = {
  registerSchemesAsPrivileged: (schemes) =>
    seen.schemes.push(...schemes.map(({ scheme }) => scheme)),
  handle: (scheme, handler) => seen.protocols.set(scheme, handler),
};
export const session = {
  defaultSession: {
    setPermissionRequestHandler() {},
    setPermissionCheckHandler() {},
    webRequest: { onBeforeRequest() {} },
  },
};
export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};
export const powerSaveBlocker = { start: () => (seen.awake += 1), stop() {} };
export const shell = { openExternal: async () => undefined, openPath: async () => "" };
