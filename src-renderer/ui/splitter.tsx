/**
 * The edge between a screen's columns, moved by pointer or arrows and remembered. Stands last inside a `.cols` grid whose
 * template reads `--pane-left` or `--pane-right`. In a narrow window the columns stand below each other and it is gone.
 */
import { useEffect, useRef, useState } from "react";
import type { KeyboardEvent, PointerEvent, ReactNode } from "react";
import { useNarrow } from "./use-narrow.ts";

const STEP_PX = 16;

export interface SplitterProps {
  /** Unique; the width is kept under it. */
  readonly name: string;
  /** Which column it sizes. */
  readonly side: "left" | "right";
  readonly label: string;
  readonly initial: number;
  readonly min?: number;
  readonly max?: number;
}

function keptWidth(name: string, initial: number, min: number, max: number): number {
  const kept = Number(window.localStorage.getItem(`gradus.pane.${name}`));
  return Number.isFinite(kept) && kept > 0 ? Math.min(max, Math.max(min, kept)) : initial;
}

export function Splitter(props: SplitterProps): ReactNode {
  return useNarrow() ? null : <Handle {...props} />;
}

function Handle({ name, side, label, initial, min = 200, max = 600 }: SplitterProps): ReactNode {
  const handle = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(() => keptWidth(name, initial, min, max));
  useEffect(() => {
    const columns = handle.current?.parentElement;
    columns?.style.setProperty(`--pane-${side}`, `${String(width)}px`);
    return () => {
      columns?.style.removeProperty(`--pane-${side}`);
    };
  }, [side, width]);
  const resize = (to: number): void => {
    const next = Math.round(Math.min(max, Math.max(min, to)));
    setWidth(next);
    if (next === initial) window.localStorage.removeItem(`gradus.pane.${name}`);
    else window.localStorage.setItem(`gradus.pane.${name}`, String(next));
  };
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    const columns = event.currentTarget.parentElement;
    if (columns === null || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = columns.getBoundingClientRect();
    resize(side === "left" ? event.clientX - box.left : box.right - event.clientX);
  };
  const press = (event: KeyboardEvent): void => {
    const outward = side === "left" ? "ArrowRight" : "ArrowLeft";
    const inward = side === "left" ? "ArrowLeft" : "ArrowRight";
    const steps: Readonly<Record<string, number>> = {
      [outward]: width + STEP_PX,
      [inward]: width - STEP_PX,
      Home: min,
      End: max,
      Enter: initial,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    resize(to);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a separator that takes the focus is a widget (ARIA 1.2)
    <div
      ref={handle}
      className={`splitter ${side}`}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={width}
      title="Drag, or use the arrow keys; Enter gives the first width back"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- see above
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onDoubleClick={() => resize(initial)}
      onKeyDown={press}
    />
  );
}
