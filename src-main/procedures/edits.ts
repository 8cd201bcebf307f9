/** Undo and redo. */
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "#main/services/application.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function editProcedures(app: Application, os: Implementer): Procedures<Contract["edits"]> {
  const { journal } = app;
  return {
    state: os.edits.state.handler(({ input }) => journal.state(input.scope)),
    history: os.edits.history.handler(({ input }) => journal.history(input.scope, input.limit)),
    undo: os.edits.undo.handler(({ input }) => journal.undo(input.scope)),
    redo: os.edits.redo.handler(({ input }) => journal.redo(input.scope)),
  };
}
