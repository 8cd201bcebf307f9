/**
 * One crosshair over all charts of a screen. Pointing shows a step everywhere; a click pins it; without either the
 * charts follow the newest step. Charts subscribe only in the part that moves, so pointing redraws no line.
 */
import { createContext, useContext, useSyncExternalStore } from "react";

export interface CrosshairState {
  /** The step under the pointer. */
  readonly hover: number | undefined;
  /** The step that a click or an arrow key fixed. */
  readonly pinned: number | undefined;
}

/** Lives as long as one screen. */
export class Crosshair {
  #state: CrosshairState = { hover: undefined, pinned: undefined };
  readonly #listeners = new Set<() => void>();

  readonly get = (): CrosshairState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  hover(step: number | undefined): void {
    if (step !== this.#state.hover) this.#set({ ...this.#state, hover: step });
  }

  pin(step: number | undefined): void {
    if (step !== this.#state.pinned || this.#state.hover !== undefined)
      this.#set({ hover: undefined, pinned: step });
  }

  #set(state: CrosshairState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

export const CrosshairContext = createContext<Crosshair>(new Crosshair());

export function useCrosshair(): Crosshair {
  return useContext(CrosshairContext);
}

/** The step the crosshair stands on, or undefined: follow the newest. */
export function useCrosshairStep(): number | undefined {
  const crosshair = useCrosshair();
  return useSyncExternalStore(
    crosshair.subscribe,
    () => crosshair.get().hover ?? crosshair.get().pinned,
  );
}
