/**
 * Runs before the page in Electron's sandbox (bundled as CommonJS, the only form that runs there).
 * All it gives the page is a way to hand the host one end of a MessagePort; the host checks who sent
 * it.
 *
 * A port cannot travel through contextBridge's copies: the page posts it to its own window, where
 * this script (another world, the same window) takes it from the event.
 */
import { contextBridge, ipcRenderer } from "electron";

const CHANNEL = "gradus:connect";

window.addEventListener("message", (event: MessageEvent) => {
  if (event.source !== window || event.data !== CHANNEL || event.ports.length !== 1) return;
  ipcRenderer.postMessage(CHANNEL, null, [...event.ports]);
});

// Runs in the page's world and is sent there as text: it may use nothing from around it.
contextBridge.executeInMainWorld({
  func: () => {
    const connect = (port: MessagePort): void => {
      window.postMessage("gradus:connect", window.location.origin, [port]);
    };
    Object.defineProperty(window, "gradus", { value: Object.freeze({ connect }) });
  },
});
