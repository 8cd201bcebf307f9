/** Which edits undo takes back: those of what is on screen, where the screen says so; else the workspace's last one. */
import { useEffect } from "react";
import { create } from "zustand";

interface Told {
  readonly scope: string | undefined;
  /** Shows the record that was just changed by undo or redo. */
  readonly show: ((record: number) => void) | undefined;
}

const NOTHING: Told = { scope: undefined, show: undefined };
const useTold = create<Told>(() => NOTHING);

/**
 * Names the scope of this screen's edits while it is shown, e.g. "dataset:d1".
 * @param show where the screen can show a record by itself; the same function from one drawing to the next
 */
export function useTellEditScope(scope: string | undefined, show?: Told["show"]): void {
  useEffect(() => {
    useTold.setState({ scope, show });
    return () => useTold.setState(NOTHING);
  }, [scope, show]);
}

export function useEditScope(): string | undefined {
  return useTold(({ scope }) => scope);
}

/** Shows what undo or redo changed, where the screen that is open can; says whether it did. */
export function showChanged(scope: string, record: number): boolean {
  const told = useTold.getState();
  if (told.scope !== scope || told.show === undefined) return false;
  told.show(record);
  return true;
}
