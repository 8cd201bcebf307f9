/** Undo and redo of every edit, from the host's journal. What was not sent yet is taken back here. */
import { useMemo } from "react";
import { failureOf } from "../bridge/failure.ts";
import { host } from "../bridge/host.ts";
import { connection } from "../bridge/connection.ts";
import { outbox } from "../bridge/outbox.ts";
import { allWritten } from "../bridge/pending-writes.ts";
import { editsQuery } from "../bridge/queries.ts";
import { useQuery } from "../bridge/use-query.ts";
import { useCommands } from "./command-registry.ts";
import type { Command } from "./command-registry.ts";
import { useEditScope } from "./edit-scope.ts";
import { notify } from "./notices.ts";

function said(title: string, detail?: string): void {
  notify({ tone: "done", title, detail, href: undefined });
}

async function turn(way: "undo" | "redo", scope: string | undefined): Promise<void> {
  try {
    if (way === "undo" && connection.state() !== "open") {
      const back = outbox.takeBack();
      if (back !== undefined) {
        said("Taken back before it was sent");
        return;
      }
    }
    // What is on its way is part of what a person wants undone.
    await outbox.drained();
    await allWritten();
    const edit = await host.edits[way](scope === undefined ? {} : { scope });
    said(`${way === "undo" ? "Undone" : "Done again"}: ${edit.label}`);
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
