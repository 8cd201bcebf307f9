/** Every key of the Curation screen, for the registry: palette, key sheet and controls show the same. */
import { useEffect, useMemo, useRef } from "react";
import type { RecordStatus } from "#shared/schema/dataset.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";

export interface CurationActs {
  readonly move: (by: number) => void;
  readonly nextUndecided: () => void;
  readonly jump: () => void;
  readonly decide: (status: RecordStatus) => void;
  readonly skip: () => void;
  readonly edit: () => void;
  /** While a record is edited. */
  readonly save: (status?: RecordStatus) => void;
  readonly restoreOriginal: () => void;
  readonly remove: () => void;
  readonly tag: () => void;
  readonly toggleTag: (index: number) => void;
  readonly toggleChanges: () => void;
  readonly toggleRaw: () => void;
  readonly fold: (all: boolean) => void;
  readonly filter: () => void;
  readonly nextQueue: () => void;
  readonly select: () => void;
  readonly selectAll: () => void;
  readonly bulk: () => void;
  readonly add: () => void;
  /** Right answer, tags and metadata. */
  readonly details: () => void;
  readonly exportRecords: () => void;
  readonly escape: () => void;
}

type Key = readonly [id: string, title: string, keys: string, run: (acts: CurationActs) => void];

const KEYS: readonly Key[] = [
  ["accept", "Accept", "A", (acts) => acts.decide("accepted")],
  ["reject", "Reject", "R", (acts) => acts.decide("rejected")],
  ["flag", "Flag for another look", "F", (acts) => acts.decide("flagged")],
  ["pending", "Put back to pending", "P", (acts) => acts.decide("pending")],
  ["skip", "Skip for now", "S", (acts) => acts.skip()],
  ["edit", "Edit", "E", (acts) => acts.edit()],
  ["next", "Next record", "J", (acts) => acts.move(1)],
  ["previous", "Previous record", "K", (acts) => acts.move(-1)],
  ["undecided", "Next undecided record", "N", (acts) => acts.nextUndecided()],
  ["jump", "Jump to a record's number…", "#", (acts) => acts.jump()],
  ["tag", "Add a tag", "L", (acts) => acts.tag()],
  ["changes", "Show changes against the original", "D", (acts) => acts.toggleChanges()],
  ["raw", "Show the raw text", "W", (acts) => acts.toggleRaw()],
  ["fold", "Fold all steps", "[", (acts) => acts.fold(true)],
  ["unfold", "Open all steps", "]", (acts) => acts.fold(false)],
  ["restore", "Restore the original text", "O", (acts) => acts.restoreOriginal()],
  ["delete", "Delete the record", "Delete", (acts) => acts.remove()],
  ["filter", "Filter", "/", (acts) => acts.filter()],
  ["queue", "Next queue", "Q", (acts) => acts.nextQueue()],
  ["select", "Choose the record for a change of many", "X", (acts) => acts.select()],
  ["select-all", "Choose all that match the filter", "Mod+A", (acts) => acts.selectAll()],
  ["bulk", "Change many records…", "B", (acts) => acts.bulk()],
  ["add", "Add a record…", "C", (acts) => acts.add()],
  ["details", "Right answer, tags and metadata…", "M", (acts) => acts.details()],
  ["export", "Export chosen or filtered records…", "Mod+E", (acts) => acts.exportRecords()],
  ["save", "Save the edited text", "Mod+Enter", (acts) => acts.save()],
  [
    "save-accept",
    "Save the edited text and accept",
    "Mod+Shift+Enter",
    (acts) => acts.save("accepted"),
  ],
  ["escape", "Clear the choice, or go back to the text", "Escape", (acts) => acts.escape()],
];

/** `acts` may be new with every render. @param tags those of the number keys */
export function useCurationCommands(acts: CurationActs, tags: readonly string[]): void {
  const latest = useRef(acts);
  useEffect(() => {
    latest.current = acts;
  });
  useCommands(
    useMemo(
      (): readonly Command[] => [
        ...KEYS.map(([id, title, keys, run]): Command => ({
          id: `curation.${id}`,
          title,
          group: "This screen",
          keys,
          run: () => run(latest.current),
        })),
        ...tags.slice(0, 9).map((tag, index): Command => ({
          id: `curation.tag-${String(index + 1)}`,
          title: `Tag: ${tag}`,
          group: "This screen",
          keys: String(index + 1),
          run: () => latest.current.toggleTag(index),
        })),
      ],
      [tags],
    ),
  );
}
