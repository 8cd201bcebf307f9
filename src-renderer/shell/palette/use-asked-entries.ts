/** What only the host can find for the palette: pipelines beyond the newest, by id or name, and records by their text. */
import { useEffect, useState } from "react";
import { host } from "#renderer/bridge/host.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import type { PaletteEntry, PaletteQuery } from "#renderer/navigation/palette-search.ts";
import { launchEntry } from "./use-palette-entries.ts";

const ASK_AFTER_MS = 150;
/** Fewer letters are in almost every text. */
const LEAST_LETTERS = 3;
const LAUNCHES = 20;
const DATASETS = 20;
const RECORDS = 5;
const NOTHING: readonly PaletteEntry[] = [];

/** Without those that `known` has already. */
export function useAskedEntries(
  { kind, words }: PaletteQuery,
  known: readonly PaletteEntry[],
): readonly PaletteEntry[] {
  const [answer, setAnswer] = useState<{
    readonly text: string;
    readonly entries: readonly PaletteEntry[];
  }>({ text: "", entries: NOTHING });
  const text = words.join(" ");
  const wanted = kind === undefined || kind === "run" || kind === "data";
  useEffect(() => {
    if (!wanted || text === "") return undefined;
    const abort = new AbortController();
    const timer = window.setTimeout(() => {
      const add = (entries: readonly PaletteEntry[]): void => {
        if (abort.signal.aborted) return;
        setAnswer((last) => ({
          text,
          entries: last.text === text ? [...last.entries, ...entries] : entries,
        }));
      };
      // What cannot be found now is not there: the palette shows the rest.
      launches(text, abort.signal).then(add, () => undefined);
      if (text.length >= LEAST_LETTERS) records(text, abort.signal).then(add, () => undefined);
    }, ASK_AFTER_MS);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [text, wanted]);
  if (answer.text !== text || !wanted) return NOTHING;
  const ids = new Set(known.map(({ id }) => id));
  return answer.entries.filter(
    (entry) => !ids.has(entry.id) && (kind === undefined || entry.kind === kind),
  );
}

async function launches(text: string, signal: AbortSignal): Promise<readonly PaletteEntry[]> {
  const { pipelines } = await host.pipelines.list({ text, limit: LAUNCHES }, { signal });
  return pipelines.map(launchEntry);
}

async function records(text: string, signal: AbortSignal): Promise<readonly PaletteEntry[]> {
  const datasets = await host.datasets.list(undefined, { signal });
  const found = await Promise.all(
    datasets.slice(0, DATASETS).map(async ({ id, name }) => {
      const { rows } = await host.datasets.records.list(
        {
          datasetId: id,
          filter: [{ field: "text", value: text }],
          limit: RECORDS,
          rows: RECORDS,
        },
        { signal },
      );
      return rows.map((row): PaletteEntry => ({
        id: `record:${String(row.id)}`,
        kind: "data",
        group: "Records",
        title: `${visibleText(name)} #${String(row.position)}`,
        note: visibleText(row.prompt).slice(0, 120),
        keys: undefined,
        notNow: undefined,
        mark: undefined,
        run: () =>
          navigate(hrefTo(["curation"], { dataset: id, queue: "all", record: String(row.id) })),
      }));
    }),
  );
  return found.flat();
}
