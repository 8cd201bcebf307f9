/** The host, as typed calls of the contract. */
import { createORPCClient } from "@orpc/client";
import type { ContractRouterClient } from "@orpc/contract";
import type { Contract } from "#shared/contract/contract.ts";
import { connection } from "./connection.ts";

export type Host = ContractRouterClient<Contract>;

export const host: Host = createORPCClient(connection);
