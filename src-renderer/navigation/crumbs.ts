/** The way to the screen that is shown, as the window bar says it. Screens that know a better name than their kind tell it. */
import { useEffect, useMemo } from "react";
import { create } from "zustand";

export interface Crumb {
  readonly label: string;
  readonly href?: string;
}

const useTold = create<readonly Crumb[] | undefined>(() => undefined);

/** Names the way to this screen while it is shown. `crumbs` must be stable between renders (useMemo). */
export function useTellCrumbs(crumbs: readonly Crumb[]): void {
  useEffect(() => {
    useTold.setState(crumbs, true);
    return () => useTold.setState(undefined, true);
  }, [crumbs]);
}

export function useCrumbs(title: string): readonly Crumb[] {
  const told = useTold();
  return useMemo(() => told ?? [{ label: title }], [told, title]);
}
