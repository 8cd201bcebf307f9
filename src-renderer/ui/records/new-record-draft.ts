/** What was typed into a new record and not saved, kept in the browser: closing the dialog or the window loses nothing. */
import { z } from "zod";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { NOTHING_CARRIED } from "./carried-text.ts";

const Draft = z.object({
  prompt: z.string(),
  reasoning: z.string(),
  answer: z.string(),
  carried: z.object({
    gold: z.string(),
    tags: z.string(),
    rows: z.array(z.object({ id: z.int(), name: z.string(), text: z.string() })),
  }),
});
export type NewRecordDraft = z.infer<typeof Draft>;

const EMPTY: NewRecordDraft = {
  prompt: "",
  reasoning: "",
  answer: "",
  carried: { ...NOTHING_CARRIED, rows: [] },
};

function nameOf(workspace: string, id: DatasetId): string {
  return `gradus.new-record.${workspace}.${id}`;
}

export function readNewRecord(workspace: string, id: DatasetId): NewRecordDraft {
  try {
    return Draft.parse(JSON.parse(window.localStorage.getItem(nameOf(workspace, id)) ?? ""));
  } catch {
    return EMPTY;
  }
}

export function keepNewRecord(workspace: string, id: DatasetId, draft: NewRecordDraft): void {
  try {
    window.localStorage.setItem(nameOf(workspace, id), JSON.stringify(draft));
  } catch {
    // A browser without room keeps it as long as the dialog is open.
  }
}

export function dropNewRecord(workspace: string, id: DatasetId): void {
  window.localStorage.removeItem(nameOf(workspace, id));
}
