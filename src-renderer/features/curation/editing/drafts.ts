/**
 * Drafts: text typed into a record and not saved yet, written to the browser's storage at every pause, so that neither a
 * reload nor a host that ends takes it away. A draft belongs to one record and one window, so that two windows of a
 * browser do not write over each other's. A window without a draft of its own takes over the newest of another window,
 * e.g. of one that was closed.
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

/** The text under the editor. */
export type EditedText = Pick<Draft, "messages" | "fromRevision">;

const PREFIX = "gradus.draft.";
const WINDOW = "gradus.window";

/** Drafts that the browser has no room for. They live as long as this page does. */
const inMemory = new Map<string, Draft>();
/** Drafts taken over from other windows, as they were then, by the name of this window's own. */
const takenOver = new Map<string, { readonly name: string; readonly text: string }>();

/** Names this window: the same after a reload, and different from every other window's. */
function windowId(): string {
  const known = window.sessionStorage.getItem(WINDOW);
  if (known !== null) return known;
  const id = crypto.randomUUID();
  window.sessionStorage.setItem(WINDOW, id);
  return id;
}

function namesOf(workspace: string, id: RecordId): { readonly all: string; readonly own: string } {
  const all = `${PREFIX}${workspace}.${String(id)}.`;
  return { all, own: `${all}${windowId()}` };
}

function parsed(text: string | null): Draft | undefined {
  try {
    return Draft.parse(JSON.parse(text ?? ""));
  } catch {
    return undefined;
  }
}

export function readDraft(workspace: string, id: RecordId): Draft | undefined {
  const { all, own } = namesOf(workspace, id);
  const mine = inMemory.get(own) ?? parsed(window.localStorage.getItem(own));
  if (mine !== undefined) return mine;
  const [newest] = Object.keys(window.localStorage)
    .filter((name) => name.startsWith(all))
    .flatMap((name) => {
      const text = window.localStorage.getItem(name);
      const draft = parsed(text);
      return text === null || draft === undefined ? [] : [{ name, text, draft }];
    })
    .sort((a, b) => b.draft.atMs - a.draft.atMs);
  if (newest === undefined) return undefined;
  takenOver.set(own, newest);
  return newest.draft;
}

/** Writes the draft; false where the browser has no room for it. */
export function writeDraft(workspace: string, id: RecordId, draft: Draft): boolean {
  const { own } = namesOf(workspace, id);
  try {
    window.localStorage.setItem(own, JSON.stringify(draft));
    inMemory.delete(own);
    return true;
  } catch {
    inMemory.set(own, draft);
    return false;
  }
}

/** Removes the draft; also the other window's that was taken over, unless that window has typed on. */
export function dropDraft(workspace: string, id: RecordId): void {
  const { own } = namesOf(workspace, id);
  inMemory.delete(own);
  window.localStorage.removeItem(own);
  const from = takenOver.get(own);
  takenOver.delete(own);
  if (from !== undefined && window.localStorage.getItem(from.name) === from.text)
    window.localStorage.removeItem(from.name);
}
