/** Undo and redo of every edit, from the host's journal. What was not sent yet is taken back here. */
import { useMemo } from "react";
import type { Edit } from "#shared/schema/edit.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import { connection } from "#renderer/bridge/connection.ts";
import { outbox } from "#renderer/bridge/records/outbox.ts";
import type { OutboxEntry } from "#renderer/bridge/records/outbox-entry.ts";
import { allWritten } from "#renderer/bridge/pending-writes.ts";
import { editsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { plural } from "#renderer/ui/format.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { showChanged, useEditScope } from "#renderer/navigation/edit-scope.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { notify } from "#renderer/navigation/notices.ts";

/** Edits that are older are not what a person has just done. */
const openedAtMs = Date.now();

/** The screen that shows what an edit was of: the record in its queue, where one was changed. */
export function placeOfEdit(scope: string, record?: number): string | undefined {
  const [area = "", id] = scope.split(/:(.*)/u, 2);
  if (area === "recipes") return hrefTo(["recipes"]);
  if (area === "runs") return hrefTo(["runs"]);
  if (id === undefined || id === "") return undefined;
  if (area === "dataset" && record !== undefined)
    return hrefTo(["curation"], { dataset: id, queue: "all", record: String(record) });
  return ["recipe", "dataset", "run"].includes(area) ? hrefTo([area, id]) : undefined;
}

function onlyOf({ recordIds }: OutboxEntry): number | undefined {
  return recordIds.length === 1 ? recordIds[0] : undefined;
}

function showEdited(scope: string, record: number | undefined): boolean {
  return record !== undefined && showChanged(scope, record);
}

function changeWords(entry: OutboxEntry): string {
  const records = plural(entry.recordIds.length, "record");
  if (entry.kind === "status") return `${entry.status}, ${records}`;
  return entry.kind === "tags" ? `tags of ${records}` : `the text of ${records}`;
}

/** On a screen without edits of its own, only what was done since this window opened. */
async function olderThanWindow(scope: string | undefined): Promise<Edit | undefined> {
  if (scope !== undefined) return undefined;
  const { undo } = await host.edits.state({});
  return undo !== null && undo.timeMs < openedAtMs ? undo : undefined;
}

async function turn(way: "undo" | "redo", scope: string | undefined): Promise<void> {
  try {
    if (way === "undo" && connection.state() !== "open") {
      const back = outbox.takeBack();
      if (back !== undefined) {
        notify({
          tone: "done",
          title: `Taken back before it was sent: ${changeWords(back)}`,
          detail: undefined,
          href: placeOfEdit(`dataset:${back.datasetId}`, onlyOf(back)),
        });
        showEdited(`dataset:${back.datasetId}`, onlyOf(back));
        return;
      }
    }
    // What is on its way is part of what a person wants undone.
    await outbox.drained();
    await allWritten();
    const older = way === "undo" ? await olderThanWindow(scope) : undefined;
    if (older !== undefined) {
      notify({
        tone: "warning",
        title: "Nothing was edited since this window opened",
        detail: `The last edit before: ${older.label}. Open where it was made to undo it there.`,
        href: placeOfEdit(older.scope),
      });
      return;
    }
    const edit = await host.edits[way](scope === undefined ? {} : { scope });
    const shown = showEdited(edit.scope, edit.record);
    notify({
      tone: "done",
      title: `${way === "undo" ? "Undone" : "Done again"}: ${edit.label}`,
      detail: undefined,
      // A screen with edits of its own shows what changed, but for a record that stands elsewhere.
      href:
        scope === undefined || (edit.record !== undefined && !shown)
          ? placeOfEdit(edit.scope, edit.record)
          : undefined,
    });
  } catch (error) {
    const { message, advice } = failureOf(error);
    notify({ tone: "warning", title: message, detail: advice, href: undefined });
  }
}

/** Offers both commands on every screen. */
export function useUndo(): void {
  const scope = useEditScope();
  const state = useQuery(editsQuery(scope)).data;
  const undo = state?.undo?.label;
  const redo = state?.redo?.label;
  useCommands(
    useMemo(
      (): readonly Command[] => [
        {
          id: "edit.undo",
          title: "Undo",
          group: "Do",
          keys: "Mod+Z",
          ...(undo === undefined ? {} : { note: undo }),
          run: () => void turn("undo", scope),
        },
        {
          id: "edit.redo",
          title: "Redo",
          group: "Do",
          keys: "Mod+Shift+Z",
          ...(redo === undefined ? {} : { note: redo }),
          run: () => void turn("redo", scope),
        },
      ],
      [undo, redo, scope],
    ),
  );
}
