/** Where the window was, kept from start to start; a place that no display shows any more is not used. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const FILE = "window.json";
const Rectangle = z.strictObject({
  x: z.int(),
  y: z.int(),
  width: z.int().min(200),
  height: z.int().min(200),
});
export type Rectangle = z.infer<typeof Rectangle>;
const WindowState = z.strictObject({ bounds: Rectangle, maximized: z.boolean() });
export type WindowState = z.infer<typeof WindowState>;

/** So much of the window's upper edge must be on some display, that it can be taken hold of. */
const GRIP_PX = 80;

function isReachable({ x, y, width }: Rectangle, areas: readonly Rectangle[]): boolean {
  return areas.some(
    (area) =>
      Math.min(x + width, area.x + area.width) - Math.max(x, area.x) >= GRIP_PX &&
      y >= area.y &&
      y < area.y + area.height - GRIP_PX,
  );
}

/** @param areas the work areas of the displays there are now */
export function readWindowState(
  folder: string,
  areas: readonly Rectangle[],
): WindowState | undefined {
  try {
    const state = WindowState.parse(JSON.parse(readFileSync(join(folder, FILE), "utf8")));
    return isReachable(state.bounds, areas) ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Not worth an error message: a window that opens in the middle is no loss. */
export function writeWindowState(folder: string, state: WindowState): void {
  try {
    writeFileSync(join(folder, FILE), JSON.stringify(state));
  } catch {
    // The disk is full or read-only; the workspace's own writes say so.
  }
}
