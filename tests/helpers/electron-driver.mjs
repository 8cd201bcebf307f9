/**
 * Runs src-main/host/electron/electron.ts on the stand-in, behaves as its window would, and prints what came
 * back as one JSON document. Run by tests/e2e/electron-host.test.ts.
 */
import { registerHooks } from "node:module";
import { MessageChannel } from "node:worker_threads";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import { app, BrowserWindow, ipcMain, seen } from "./electron-stand-in.mjs";

const standIn = new URL("./electron-stand-in.mjs", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron" ? { url: standIn, shortCircuit: true } : next(specifier, context),
});

/** Electron's MessagePortMain wraps what it receives; Node's port does not. */
function portMain(port) {
  return {
    on: (event, listener) => port.on(event, (data) => listener({ data })),
    start: () => port.start(),
    postMessage: (message) => port.postMessage(message),
  };
}

await import("../../src-main/host/electron/electron.ts");
// As Electron: "ready" comes after the main module.
app.ready.resolve();
while (seen.loaded.length === 0) await new Promise((resolve) => setImmediate(resolve));

const page = await seen.protocols.get("gradus")(new Request(seen.loaded[0]));
const stranger = new MessageChannel();
ipcMain.emit("gradus:connect", {
  ports: [portMain(stranger.port1)],
  senderFrame: { url: "https://example.org/", parent: null },
});
const { port1, port2 } = new MessageChannel();
ipcMain.emit("gradus:connect", {
  ports: [portMain(port1)],
  senderFrame: { url: seen.loaded[0], parent: null },
});
const client = createORPCClient(new RPCLink({ port: portMain(port2) }));
const info = await client.system.info();
const own = { senderFrame: { url: seen.loaded[0], parent: null } };
const menusBefore = seen.menus;
// A double click on a recipe, before the page listens: it must wait.
app.emit("open-file", { preventDefault() {} }, "/recipes/mine.gradus");
const askedBefore = seen.asked.length;
ipcMain.emit("gradus:menu", { ...own, sender: BrowserWindow.getAllWindows()[0].webContents }, [
  { id: "go.runs", title: "Go to Runs", group: "Go to", enabled: true },
]);
const { webPreferences } = seen.window;
console.log(
  JSON.stringify({
    shell: info.shell,
    loaded: seen.loaded,
    sandboxed: seen.sandboxed,
    schemes: seen.schemes,
    webPreferences: { ...webPreferences, preload: webPreferences.preload.split(/[\\/]/).at(-1) },
    page: { status: page.status, policy: page.headers.get("content-security-policy") },
    strangerListeners: stranger.port1.listenerCount("message"),
    menus: { before: menusBefore, after: seen.menus },
    asked: { before: askedBefore, after: seen.asked },
  }),
);
port2.close();
stranger.port2.close();
app.quit();
