/** J, K and the arrows choose a row of a list, Home and End its ends, Enter opens it. The list itself holds the focus. */
import { useCallback } from "react";
import type { KeyboardEvent } from "react";

export interface ListKeys {
  readonly count: number;
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
  readonly onOpen?: (index: number) => void;
  /** Space: picks the row, or not, for what is done to several. */
  readonly onPick?: (index: number) => void;
}

const PAGE = 10;

/** Where a key moves the choice, or undefined where it does not. */
export function movedBy(key: string, chosen: number, count: number): number | undefined {
  const clamp = (index: number): number => Math.min(count - 1, Math.max(0, index));
  if (count === 0) return undefined;
  if (key === "j" || key === "J" || key === "ArrowDown") return clamp(chosen + 1);
  if (key === "k" || key === "K" || key === "ArrowUp") return clamp(chosen - 1);
  if (key === "PageDown") return clamp(chosen + PAGE);
  if (key === "PageUp") return clamp(chosen - PAGE);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : undefined;
}

export function useListKeys({
  count,
  chosen,
  onChoose,
  onOpen,
  onPick,
}: ListKeys): (event: KeyboardEvent) => void {
  return useCallback(
    (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget)
        return;
      const moved = movedBy(event.key, chosen, count);
      if (moved !== undefined) onChoose(moved);
      else if (event.key === "Enter" && onOpen !== undefined && count > 0)
        onOpen(Math.max(0, chosen));
      else if (event.key === " " && onPick !== undefined && count > 0) onPick(Math.max(0, chosen));
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    [count, chosen, onChoose, onOpen, onPick],
  );
}
