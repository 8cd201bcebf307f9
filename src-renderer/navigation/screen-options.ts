/** The options that the screen on show has to set; the palette finds them. */
import { useEffect } from "react";
import { create } from "zustand";

export interface ShownOption {
  /** e.g. "learning_rate". */
  readonly name: string;
  /** What it belongs to, e.g. a stage. */
  readonly of: string;
  readonly line: string;
  readonly open: () => void;
}

const NONE: readonly ShownOption[] = [];
const useTold = create(() => NONE);

/** Names the options of this screen while it is shown. */
export function useTellOptions(options: readonly ShownOption[]): void {
  useEffect(() => {
    useTold.setState(options, true);
    return () => useTold.setState(NONE, true);
  }, [options]);
}

/** The same now, outside a component. */
export function screenOptionsNow(): readonly ShownOption[] {
  return useTold.getState();
}

/** The options of the screen on show; none where it has none. */
export function useScreenOptions(): readonly ShownOption[] {
  return useTold();
}
