/** What was typed into a new record and not saved, in the browser's storage: closing the dialog or the window loses nothing. */
import { z } from "zod";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { NO_DETAILS } from "./record-details.ts";
import type { RecordDetails } from "./record-details.ts";

export interface NewRecordDraft {
  readonly prompt: string;
  readonly reasoning: string;
  readonly answer: string;
  readonly details: RecordDetails;
}

const StoredDraft = z.object({
  prompt: z.string(),
  reasoning: z.string(),
  answer: z.string(),
  /** The details; named as in drafts that browsers hold already. */
  carried: z.object({
    gold: z.string(),
    tags: z.string(),
    rows: z.array(z.object({ id: z.int(), name: z.string(), text: z.string() })),
  }),
});

const EMPTY: NewRecordDraft = { prompt: "", reasoning: "", answer: "", details: NO_DETAILS };

function storageName(workspace: string, id: DatasetId): string {
  return `gradus.new-record.${workspace}.${id}`;
}

export function readNewRecord(workspace: string, id: DatasetId): NewRecordDraft {
  try {
    const stored = window.localStorage.getItem(storageName(workspace, id)) ?? "";
    const { carried, ...texts } = StoredDraft.parse(JSON.parse(stored));
    return { ...texts, details: carried };
  } catch {
    return EMPTY;
  }
}

export function writeNewRecord(workspace: string, id: DatasetId, draft: NewRecordDraft): void {
  const { details, ...texts } = draft;
  try {
    const stored = JSON.stringify({ ...texts, carried: details });
    window.localStorage.setItem(storageName(workspace, id), stored);
  } catch {
    // A browser without room has the draft as long as the dialog is open.
  }
}

export function dropNewRecord(workspace: string, id: DatasetId): void {
  window.localStorage.removeItem(storageName(workspace, id));
}
