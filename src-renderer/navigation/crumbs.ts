/** The way to the screen that is shown, as the window bar says it. Screens that know a better name than their kind tell it. */
import { useEffect, useMemo, useSyncExternalStore } from "react";

export interface Crumb {
  readonly label: string;
  readonly href?: string;
}

let told: readonly Crumb[] | undefined;
const listeners = new Set<() => void>();

function tell(crumbs: readonly Crumb[] | undefined): void {
  told = crumbs;
  for (const listener of listeners) listener();
}

/** Names the way to this screen while it is shown. `crumbs` must be stable between renders (useMemo). */
export function useTellCrumbs(crumbs: readonly Crumb[]): void {
  useEffect(() => {
    tell(crumbs);
    return () => tell(undefined);
  }, [crumbs]);
}

export function useCrumbs(title: string): readonly Crumb[] {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => told,
  );
  return useMemo(() => now ?? [{ label: title }], [now, title]);
}
