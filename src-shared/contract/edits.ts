/** Undo and redo. Without a scope: the last edit of the workspace, whatever it was. */
import { z } from "zod";
import { Edit, EditScope, EditState } from "../schema/edit.ts";
import { procedure } from "./procedure.ts";

const scope = z.strictObject({ scope: EditScope.optional() });

export const edits = {
  state: procedure.input(scope).output(EditState),
  /** Newest first. */
  history: procedure
    .input(z.strictObject({ ...scope.shape, limit: z.int().min(1).max(1000).default(100) }))
    .output(z.array(Edit)),
  /** What was taken back. CONFLICT where there is nothing to undo. */
  undo: procedure.input(scope).output(Edit),
  /** What was done again. CONFLICT where there is nothing to redo. */
  redo: procedure.input(scope).output(Edit),
};
