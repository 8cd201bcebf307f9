/** Which palette entries answer a query, in which order, and which letters of their titles did. Pure. */

export type EntryKind = "run" | "data" | "option" | "command";

export interface PaletteEntry {
  readonly id: string;
  readonly kind: EntryKind;
  readonly group: string;
  readonly title: string;
  readonly note: string | undefined;
  readonly keys: string | undefined;
  readonly notNow: string | undefined;
  /** State of a run, as a mark before its title. */
  readonly mark: "live" | "done" | "stopped" | "failed" | "waiting" | undefined;
  readonly run: () => void;
}

export interface PaletteQuery {
  readonly kind: EntryKind | undefined;
  readonly words: readonly string[];
}

/** Reads what was typed: a leading ">" asks for commands only. */
export function parseQuery(text: string, kind: EntryKind | undefined): PaletteQuery {
  const commands = text.trimStart().startsWith(">");
  const rest = commands ? text.trimStart().slice(1) : text;
  return {
    kind: commands ? "command" : kind,
    words: rest.toLowerCase().split(/\s+/u).filter(Boolean),
  };
}

/** Lower is better; undefined where some word is neither in the title nor in the note. */
function rank(entry: PaletteEntry, words: readonly string[]): number | undefined {
  const title = entry.title.toLowerCase();
  const note = `${entry.group} ${entry.note ?? ""}`.toLowerCase();
  let sum = 0;
  for (const word of words) {
    const at = title.indexOf(word);
    if (at === 0) sum += 0;
    else if (at > 0) sum += /\W/u.test(title[at - 1] ?? "") ? 1 : 2;
    else if (note.includes(word)) sum += 4;
    else return undefined;
  }
  return sum + (entry.notNow === undefined ? 0 : 0.5);
}

/** Entries that hold every word, best first within their group, the group with the best entry first. */
export function searchEntries(
  entries: readonly PaletteEntry[],
  query: PaletteQuery,
): readonly PaletteEntry[] {
  const found = entries
    .filter((entry) => query.kind === undefined || entry.kind === query.kind)
    .map((entry, order) => ({ entry, order, rank: rank(entry, query.words) }))
    .filter((one): one is typeof one & { rank: number } => one.rank !== undefined);
  const groups = [
    ...new Set(
      found.toSorted((a, b) => a.rank - b.rank || a.order - b.order).map((one) => one.entry.group),
    ),
  ];
  return found
    .toSorted(
      (a, b) =>
        groups.indexOf(a.entry.group) - groups.indexOf(b.entry.group) ||
        a.rank - b.rank ||
        a.order - b.order,
    )
    .map((one) => one.entry);
}

export interface TitlePart {
  /** Where in the title the part begins. */
  readonly at: number;
  readonly text: string;
  readonly match: boolean;
}

/** A title cut where query words match, so that the matching parts can be marked. */
export function markMatches(title: string, words: readonly string[]): readonly TitlePart[] {
  const marked = Array.from({ length: title.length }, () => false);
  const lower = title.toLowerCase();
  for (const word of words) {
    const at = lower.indexOf(word);
    if (at >= 0) marked.fill(true, at, at + word.length);
  }
  const parts: { at: number; text: string; match: boolean }[] = [];
  for (let index = 0; index < title.length; index += 1) {
    const last = parts.at(-1);
    const match = marked[index] ?? false;
    if (last?.match === match) last.text += title[index] ?? "";
    else parts.push({ at: index, text: title[index] ?? "", match });
  }
  return parts;
}
