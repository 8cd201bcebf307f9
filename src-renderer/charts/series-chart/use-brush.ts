/** Pointing, pinning and zooming by drag on a chart: a press that moves marks a range, one that does not pins a step. */
import { useRef, useState } from "react";
import type { PointerEvent } from "react";
import { useCrosshair } from "../crosshair.tsx";
import { placesOf } from "../axes/scale.ts";
import type { Range } from "../series.ts";

/** A hand that shakes so many pixels still clicks. */
const SLACK_PX = 5;

export interface Brush {
  /** The range being marked. */
  readonly marked: Range | undefined;
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerLeave: () => void;
    readonly onPointerCancel: () => void;
  };
}

function stepUnder(event: PointerEvent<HTMLElement>, range: Range): number {
  const { left, right } = event.currentTarget.getBoundingClientRect();
  const places = placesOf({ kind: "linear", range }, [left, Math.max(left + 1, right)]);
  return Math.round(places.clamp(true).invert(event.clientX));
}

/** `onZoom` gets whole steps; without it a drag does nothing. */
export function useBrush(xRange: Range, onZoom: ((range: Range) => void) | undefined): Brush {
  const crosshair = useCrosshair();
  const start = useRef<{ readonly x: number; readonly step: number } | undefined>(undefined);
  const [marked, setMarked] = useState<Range | undefined>(undefined);
  const end = (): void => {
    start.current = undefined;
    setMarked(undefined);
  };
  return {
    marked,
    handlers: {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        start.current = { x: event.clientX, step: stepUnder(event, xRange) };
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove: (event) => {
        const step = stepUnder(event, xRange);
        crosshair.hover(step);
        const from = start.current;
        if (from === undefined || onZoom === undefined) return;
        if (marked === undefined && Math.abs(event.clientX - from.x) < SLACK_PX) return;
        setMarked({ min: Math.min(from.step, step), max: Math.max(from.step, step) });
      },
      onPointerUp: (event) => {
        const from = start.current;
        if (from === undefined) return;
        if (marked === undefined) crosshair.pin(stepUnder(event, xRange));
        else if (marked.max > marked.min) onZoom?.(marked);
        end();
      },
      onPointerLeave: () => crosshair.hover(undefined),
      onPointerCancel: end,
    },
  };
}
