/**
 * Text typed into a record and not saved yet, kept in the browser at every pause, so that neither a reload nor a host that
 * ends takes it away. One for each record.
 */
import { z } from "zod";
import { RecordMessages } from "#shared/schema/dataset.ts";
import type { RecordId } from "#shared/schema/dataset.ts";

const Draft = z.strictObject({
  messages: RecordMessages,
  /** The revision it began from. */
  fromRevision: z.int(),
  atMs: z.number(),
});
export type Draft = z.infer<typeof Draft>;

/** Drafts that the browser has no room for live as long as this page does. */
const onlyHere = new Map<string, Draft>();

function nameOf(workspace: string, id: RecordId): string {
  return `gradus.draft.${workspace}.${String(id)}`;
}

export function readDraft(workspace: string, id: RecordId): Draft | undefined {
  const name = nameOf(workspace, id);
  const here = onlyHere.get(name);
  if (here !== undefined) return here;
  try {
    return Draft.parse(JSON.parse(window.localStorage.getItem(name) ?? ""));
  } catch {
    return undefined;
  }
}

/** False where the browser has no room for it. */
export function writeDraft(workspace: string, id: RecordId, draft: Draft): boolean {
  const name = nameOf(workspace, id);
  try {
    window.localStorage.setItem(name, JSON.stringify(draft));
    onlyHere.delete(name);
    return true;
  } catch {
    onlyHere.set(name, draft);
    return false;
  }
}

export function dropDraft(workspace: string, id: RecordId): void {
  const name = nameOf(workspace, id);
  onlyHere.delete(name);
  window.localStorage.removeItem(name);
}
