import { oc } from "@orpc/contract";
import { CONTRACT_ERRORS } from "./errors.ts";

/** What every procedure of the contract is built from. */
export const procedure = oc.errors(CONTRACT_ERRORS);
