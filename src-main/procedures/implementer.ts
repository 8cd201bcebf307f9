/**
 * What every area's procedures are made with. A file of this folder exports the procedures of one
 * area as a function of the application and this implementer; router.ts mounts them.
 */
import { implement, ORPCError } from "@orpc/server";
import type { ImplementerInternalWithMiddlewares, Router } from "@orpc/server";
import type { AnyContractRouter } from "@orpc/contract";
import { contract } from "#shared/contract/contract.ts";
import type { Contract } from "#shared/contract/contract.ts";
import { CONTRACT_ERRORS } from "#shared/contract/errors.ts";
import { explainError } from "#main/store/explain-error.ts";
import type { Application } from "#main/services/application.ts";

type NoContext = Record<string, never>;
export type Implementer = ImplementerInternalWithMiddlewares<Contract, NoContext, NoContext>;
/** One area's procedures, e.g. `Procedures<Contract["edits"]>`. */
export type Procedures<Area extends AnyContractRouter> = Router<Area, NoContext>;

/** Expected failures become the contract's errors; bugs are reported and stay anonymous. */
export function implementContract(app: Application): Implementer {
  return implement(contract).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw publicError(app, error);
    }
  });
}
/** Declared where it is expected; a bug reaches the crash report and, outside, only its existence. */
function publicError(app: Application, error: unknown): unknown {
  if (error instanceof ORPCError) return error;
  if (error instanceof Error && error.name === "AbortError") return error;
  const known = explainError(error);
  if (known !== undefined) {
    return new ORPCError(known.code, {
      defined: true,
      status: CONTRACT_ERRORS[known.code].status,
      message: known.message,
      data: known.advice === undefined ? {} : { advice: known.advice },
    });
  }
  app.reportBug(error);
  return new ORPCError("INTERNAL_SERVER_ERROR", {
    message: "Something went wrong inside Gradus; the workspace's crashes folder has the details.",
  });
}
