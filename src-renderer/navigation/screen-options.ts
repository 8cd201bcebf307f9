/** The options that the screen on show has to set; the palette finds them. */
import { useEffect, useSyncExternalStore } from "react";

export interface ShownOption {
  /** e.g. "learning_rate". */
  readonly name: string;
  /** What it belongs to, e.g. a stage. */
  readonly of: string;
  readonly line: string;
  readonly open: () => void;
}

const NONE: readonly ShownOption[] = [];
let told = NONE;
const listeners = new Set<() => void>();

function tell(options: readonly ShownOption[]): void {
  told = options;
  for (const listener of listeners) listener();
}

/** Names the options of this screen while it is shown. */
export function useTellOptions(options: readonly ShownOption[]): void {
  useEffect(() => {
    tell(options);
    return () => tell(NONE);
  }, [options]);
}

/** The options of the screen on show; none where it has none. */
export function useScreenOptions(): readonly ShownOption[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => told,
  );
}
