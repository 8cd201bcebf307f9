/**
 * Runs before the page in Electron's sandbox (bundled as CommonJS, the only form that runs there).
 * It gives the page two ways to the main process: to hand over one end of a MessagePort, and to tell
 * the commands that the menu shows. What the main process asks of the page comes back as a message.
 *
 * A port cannot travel through contextBridge's copies: the page posts it to its own window, where
 * this script (another world, the same window) takes it from the event. The menu goes the same way.
 */
import { contextBridge, ipcRenderer } from "electron";

const CONNECT = "gradus:connect";
const MENU = "gradus:menu";
const SHELL = "gradus:shell";

window.addEventListener("message", (event: MessageEvent<unknown>) => {
  if (event.source !== window) return;
  const { data } = event;
  if (data === CONNECT && event.ports.length === 1) {
    ipcRenderer.postMessage(CONNECT, null, [...event.ports]);
  } else if (typeof data === "object" && data !== null && "type" in data && data.type === MENU) {
    ipcRenderer.send(MENU, "commands" in data ? data.commands : []);
  }
});

ipcRenderer.on(SHELL, (_event, message: unknown) => {
  window.postMessage(message, window.location.origin);
});

// Runs in the page's world and is sent there as text: it may use nothing from around it.
contextBridge.executeInMainWorld({
  func: () => {
    const connect = (port: MessagePort): void => {
      window.postMessage("gradus:connect", window.location.origin, [port]);
    };
    const showMenu = (commands: unknown): void => {
      window.postMessage({ type: "gradus:menu", commands }, window.location.origin);
    };
    Object.defineProperty(window, "gradus", { value: Object.freeze({ connect, showMenu }) });
  },
});
