/** Whether the window is narrow: the same limit as in the style sheets. */
import { useSyncExternalStore } from "react";

const query = window.matchMedia("(max-width: 1240px)");

function subscribe(listener: () => void): () => void {
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
