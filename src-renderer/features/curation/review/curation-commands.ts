/** Every key of the Curation screen, for the registry: palette, key sheet and controls show the same. */
import { useEffect, useMemo, useRef } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { QUEUES } from "./review-place.ts";
import type { RecordView, ReviewPlace } from "./review-place.ts";
import type { Review } from "./review-value.ts";

type Key = readonly [id: string, title: string, keys: string, run: (review: Review) => void];

const KEYS: readonly Key[] = [
  ["accept", "Accept", "A", ({ decisions }) => decisions.decide("accepted")],
  ["reject", "Reject", "R", ({ decisions }) => decisions.decide("rejected")],
  ["flag", "Flag for another look", "F", ({ decisions }) => decisions.decide("flagged")],
  ["pending", "Put back to pending", "P", ({ decisions }) => decisions.decide("pending")],
  ["skip", "Skip for now", "S", ({ reading }) => reading.skip()],
  ["edit", "Edit", "E", ({ editing }) => editing.begin()],
  ["next", "Next record", "J", ({ reading }) => reading.goTo(reading.at + 1)],
  ["previous", "Previous record", "K", ({ reading }) => reading.goTo(reading.at - 1)],
  ["undecided", "Next undecided record", "N", ({ reading }) => reading.nextUndecided()],
  ["jump", "Jump to a record's number…", "#", ({ dialogs }) => dialogs.open("jump")],
  ["tag", "Add a tag", "L", ({ tagField }) => tagField.current?.focus()],
  [
    "changes",
    "Show changes against the original",
    "D",
    ({ place }) => toggleView(place, "changes"),
  ],
  ["raw", "Show the raw text", "W", ({ place }) => toggleView(place, "raw")],
  ["fold", "Fold all steps", "[", ({ folds }) => folds.foldAll()],
  ["unfold", "Open all steps", "]", ({ folds }) => folds.openAll()],
  ["restore", "Restore the original text", "O", ({ decisions }) => decisions.restoreOriginal()],
  ["delete", "Delete the record", "Delete", ({ decisions }) => decisions.remove()],
  ["filter", "Filter", "/", ({ filterField }) => filterField.current?.focus()],
  ["queue", "Next queue", "Q", ({ place }) => nextQueue(place)],
  [
    "select",
    "Choose the record for a change of many",
    "X",
    ({ selection }) => selection.toggleAndGoOn(),
  ],
  [
    "select-all",
    "Choose all that match the filter",
    "Mod+A",
    ({ selection }) => selection.selectAll(),
  ],
  ["bulk", "Change many records…", "B", ({ dialogs }) => dialogs.open("bulk")],
  ["add", "Add a record…", "C", ({ dialogs }) => dialogs.open("add")],
  ["details", "Right answer, tags and metadata…", "M", ({ dialogs }) => dialogs.open("details")],
  [
    "export",
    "Export chosen or filtered records…",
    "Mod+E",
    ({ dialogs }) => dialogs.open("export"),
  ],
  ["save", "Save the edited text", "Mod+Enter", ({ editing }) => editing.save()],
  [
    "save-accept",
    "Save the edited text and accept",
    "Mod+Shift+Enter",
    ({ editing }) => editing.save("accepted"),
  ],
  ["escape", "Clear the choice, or go back to the text", "Escape", goBack],
];

function toggleView({ view, setView }: ReviewPlace, other: RecordView): void {
  setView(view === other ? "text" : other);
}

function nextQueue({ queueName, setQueue }: ReviewPlace): void {
  setQueue(QUEUES[(QUEUES.indexOf(queueName) + 1) % QUEUES.length] ?? "pending");
}

function goBack({ editing, selection }: Review): void {
  if (editing.on) editing.leave();
  else selection.clear();
}

/** @param review may be new with every render */
export function useCurationCommands(review: Review): void {
  const latest = useRef(review);
  useEffect(() => {
    latest.current = review;
  });
  const tags = review.tags.onKeys;
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
        ...tags.map((tag, index): Command => ({
          id: `curation.tag-${String(index + 1)}`,
          title: `Tag: ${tag}`,
          group: "This screen",
          keys: String(index + 1),
          run: () => latest.current.decisions.toggleTag(tag),
        })),
      ],
      [tags],
    ),
  );
}
