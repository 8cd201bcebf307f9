/**
 * Edits that can be undone. One journal for the whole workspace, kept in the store. Each edit
 * belongs to a scope (one dataset, one recipe draft …); scopes are independent of each other, and
 * within a scope edits are undone from the last one backwards.
 */
import { z } from "zod";

/** e.g. "dataset:d1", "recipe:r3". */
export const EditScope = z.string().min(1).max(200);
export type EditScope = z.infer<typeof EditScope>;

export const Edit = z.strictObject({
  id: z.int(),
  scope: EditScope,
  /** The area that knows how to do and undo it, e.g. "records". */
  kind: z.string(),
  /** What was done, e.g. "accept 412 records". */
  label: z.string(),
  timeMs: z.number(),
  state: z.enum(["done", "undone"]),
  /** The id of the one record that it changed, as undo and redo tell it; absent where it was none, several, or is not there any more. */
  record: z.int().optional(),
});
export type Edit = z.infer<typeof Edit>;

export const EditState = z.strictObject({
  /** What undo would take back, and redo do again. */
  undo: Edit.nullable(),
  redo: Edit.nullable(),
});
export type EditState = z.infer<typeof EditState>;
