/** Whether single letters are shortcuts. A matter of this person at this browser, so it is kept there. */
import { useSyncExternalStore } from "react";

const KEY = "gradus.letters";
const listeners = new Set<() => void>();

function lettersOn(): boolean {
  return window.localStorage.getItem(KEY) !== "off";
}

export function chooseLetters(on: boolean): void {
  if (on) window.localStorage.removeItem(KEY);
  else window.localStorage.setItem(KEY, "off");
  for (const listener of listeners) listener();
}

export function useLettersOn(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, lettersOn);
}
