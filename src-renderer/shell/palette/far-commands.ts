/** What a single screen offers and people look for everywhere: the palette goes there first. */
import type { DatasetSummary } from "#shared/schema/dataset.ts";
import { arriveAndRun } from "#renderer/navigation/arrive-and-run.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import type { PaletteEntry } from "#renderer/navigation/palette-search.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

interface Far {
  readonly commandId: string;
  readonly title: string;
  readonly note: string;
  readonly href: string;
}

/** @param here ids of the commands of the screen on show: what it offers itself is not offered twice. */
export function farCommands(
  datasets: readonly Pick<DatasetSummary, "id" | "name">[],
  here: ReadonlySet<string>,
): readonly PaletteEntry[] {
  const all: readonly Far[] = [
    {
      commandId: "datasets.import",
      title: "Import a file as a dataset…",
      note: "JSONL, JSON, CSV or Parquet",
      href: hrefTo(["datasets"]),
    },
    {
      commandId: "recipes.import",
      title: "Import a recipe…",
      note: "a YAML file",
      href: hrefTo(["recipes"]),
    },
    ...datasets.map(({ id, name }) => ({
      commandId: "dataset.publish",
      title: `Publish a version of ${visibleText(name)}…`,
      note: id,
      href: hrefTo(["dataset", id]),
    })),
  ];
  return all
    .filter(({ commandId }) => !here.has(commandId))
    .map(({ commandId, title, note, href }) => ({
      id: `far:${commandId}:${href}`,
      kind: "command",
      group: "Do",
      title,
      note,
      keys: undefined,
      notNow: undefined,
      mark: undefined,
      run: () => arriveAndRun(href, commandId),
    }));
}
