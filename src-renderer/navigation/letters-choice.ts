/** Whether single letters are shortcuts. A matter of this person at this browser, so it is kept there. */
import { create } from "zustand";

const KEY = "gradus.letters";
/** Rises with each choice. */
const useChanges = create(() => 0);

function lettersOn(): boolean {
  return window.localStorage.getItem(KEY) !== "off";
}

export function chooseLetters(on: boolean): void {
  if (on) window.localStorage.removeItem(KEY);
  else window.localStorage.setItem(KEY, "off");
  useChanges.setState((count) => count + 1);
}

export function useLettersOn(): boolean {
  return useChanges(lettersOn);
}
