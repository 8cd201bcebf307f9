/** Options that the palette finds: those of the recipe on screen, which it leads to; elsewhere what each option means. */
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { OPTIONS } from "#renderer/features/recipe/fields/option-catalogue.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import type { PaletteEntry } from "#renderer/navigation/palette-search.ts";

export interface ShownOption {
  /** e.g. "learning_rate". */
  readonly name: string;
  /** What it belongs to, e.g. a stage. */
  readonly of: string;
  readonly line: string;
  readonly open: () => void;
}

const NONE: readonly ShownOption[] = [];
let told = NONE;
const listeners = new Set<() => void>();

function tell(options: readonly ShownOption[]): void {
  told = options;
  for (const listener of listeners) listener();
}

/** Names the options of this screen while it is shown. */
export function useTellOptions(options: readonly ShownOption[]): void {
  useEffect(() => {
    tell(options);
    return () => tell(NONE);
  }, [options]);
}

const GROUP = "Options";
const PLAIN = {
  kind: "option",
  group: GROUP,
  keys: undefined,
  notNow: undefined,
  mark: undefined,
} as const;

function meanings(): readonly PaletteEntry[] {
  return Object.entries(OPTIONS).map(([name, { line, group }]) => ({
    ...PLAIN,
    id: `option:${name}`,
    title: name,
    note: `${group}: ${line}. Open a recipe to set it.`,
    run: () => navigate(hrefTo(["recipes"])),
  }));
}

const everywhere = meanings();

export function useOptionEntries(): readonly PaletteEntry[] {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => told,
  );
  return useMemo(() => (shown.length === 0 ? everywhere : shown.map(entryOf)), [shown]);
}

function entryOf({ name, of, line, open }: ShownOption): PaletteEntry {
  return {
    ...PLAIN,
    id: `option:${of}.${name}`,
    title: `${name} of ${of}`,
    note: line,
    run: open,
  };
}
