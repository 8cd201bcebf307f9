/**
 * One crosshair over all charts of a screen. Pointing shows a step everywhere; a click pins it; without either the
 * charts follow the newest step. Charts subscribe only in the part that moves, so pointing redraws no line.
 */
import { createContext, useContext } from "react";
import { createStore, useStore } from "zustand";

export interface CrosshairState {
  /** The step under the pointer. */
  readonly hover: number | undefined;
  /** The step that a click or an arrow key fixed. */
  readonly pinned: number | undefined;
}

/** Lives as long as one screen. */
export class Crosshair {
  readonly store = createStore<CrosshairState>(() => ({ hover: undefined, pinned: undefined }));

  hover(step: number | undefined): void {
    if (step !== this.store.getState().hover) this.store.setState({ hover: step });
  }

  pin(step: number | undefined): void {
    const { hover, pinned } = this.store.getState();
    if (step !== pinned || hover !== undefined)
      this.store.setState({ hover: undefined, pinned: step });
  }
}

export const CrosshairContext = createContext<Crosshair>(new Crosshair());

export function useCrosshair(): Crosshair {
  return useContext(CrosshairContext);
}

/** The step the crosshair stands on, or undefined: follow the newest. */
export function useCrosshairStep(): number | undefined {
  return useStore(useCrosshair().store, ({ hover, pinned }) => hover ?? pinned);
}
