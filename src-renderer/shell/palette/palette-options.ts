/** Options that the palette finds: those of the recipe on screen, which it leads to; elsewhere what each option means. */
import { useMemo } from "react";
import { OPTIONS } from "#renderer/features/recipe/fields/option-catalogue.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { useScreenOptions } from "#renderer/navigation/screen-options.ts";
import type { ShownOption } from "#renderer/navigation/screen-options.ts";
import type { PaletteEntry } from "#renderer/navigation/palette-search.ts";

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
  const shown = useScreenOptions();
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
