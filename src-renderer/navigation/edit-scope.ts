/** Which edits undo takes back: those of what is on screen, where the screen says so; else the workspace's last one. */
import { useEffect } from "react";
import { create } from "zustand";

const useTold = create<string | undefined>(() => undefined);

/** Names the scope of this screen's edits while it is shown, e.g. "dataset:d1". */
export function useTellEditScope(scope: string | undefined): void {
  useEffect(() => {
    useTold.setState(scope);
    return () => useTold.setState(undefined);
  }, [scope]);
}

export function useEditScope(): string | undefined {
  return useTold();
}
