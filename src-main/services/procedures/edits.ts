/** Undo and redo. */
import { AppError } from "#shared/errors.ts";
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "../application.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function editProcedures(_app: Application, os: Implementer): Procedures<Contract["edits"]> {
  const to = os.edits;
  return {
    state: to.state.handler(() => ({ undo: null, redo: null })),
    history: to.history.handler(() => []),
    undo: to.undo.handler(() => {
      throw new AppError("CONFLICT", "There is nothing to undo.");
    }),
    redo: to.redo.handler(() => {
      throw new AppError("CONFLICT", "There is nothing to redo.");
    }),
  };
}
