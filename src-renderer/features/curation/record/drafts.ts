/**
 * Text typed into a record and not saved yet, kept in the browser at every pause, so that neither a reload nor a host that
 * ends takes it away. One for each record and window: two windows of one browser do not write over each other's, and who
 * has none of its own goes on with the newest of another, e.g. of a window that was closed.
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

const PREFIX = "gradus.draft.";
const WINDOW = "gradus.window";

/** Drafts that the browser has no room for live as long as this page does. */
const onlyHere = new Map<string, Draft>();
/** Drafts of other windows that were read here, as they were then, by the name that they would have here. */
const adopted = new Map<string, { readonly name: string; readonly text: string }>();

/** Outlives a reload, and no other window has it. */
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
  const mine = onlyHere.get(own) ?? parsed(window.localStorage.getItem(own));
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
  adopted.set(own, newest);
  return newest.draft;
}

/** False where the browser has no room for it. */
export function writeDraft(workspace: string, id: RecordId, draft: Draft): boolean {
  const { own } = namesOf(workspace, id);
  try {
    window.localStorage.setItem(own, JSON.stringify(draft));
    onlyHere.delete(own);
    return true;
  } catch {
    onlyHere.set(own, draft);
    return false;
  }
}

/** Another window's, too, where this one went on with it and it was not typed on there. */
export function dropDraft(workspace: string, id: RecordId): void {
  const { own } = namesOf(workspace, id);
  onlyHere.delete(own);
  window.localStorage.removeItem(own);
  const from = adopted.get(own);
  adopted.delete(own);
  if (from !== undefined && window.localStorage.getItem(from.name) === from.text)
    window.localStorage.removeItem(from.name);
}
