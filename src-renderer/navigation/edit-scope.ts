/** Which edits undo takes back: those of what is on screen, where the screen says so; else the workspace's last one. */
import { useEffect, useSyncExternalStore } from "react";

let told: string | undefined;
const listeners = new Set<() => void>();

function tell(scope: string | undefined): void {
  told = scope;
  for (const listener of listeners) listener();
}

/** Names the scope of this screen's edits while it is shown, e.g. "dataset:d1". */
export function useTellEditScope(scope: string | undefined): void {
  useEffect(() => {
    tell(scope);
    return () => tell(undefined);
  }, [scope]);
}

export function useEditScope(): string | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => told,
  );
}
