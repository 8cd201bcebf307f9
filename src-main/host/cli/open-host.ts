/**
 * A command's way to the workspace: it takes it and is its host, or, where another host has it open,
 * talks to that one. Either way through the contract.
 */
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { ContractRouterClient } from "@orpc/contract";
import { createRouterClient } from "@orpc/server";
import type { Contract } from "#shared/contract/contract.ts";
import { AppError } from "#shared/errors.ts";
import { dataFolder } from "#main/platform/paths.ts";
import { Application } from "#main/services/application.ts";
import { createRouter } from "#main/procedures/router.ts";
import { readHolder } from "#main/store/workspace.ts";
import { catchBugs } from "../catch-bugs.ts";
import { serve } from "../serve/serve.ts";
import type { ServedHost } from "../serve/serve.ts";

export type Client = ContractRouterClient<Contract>;

export interface OpenHost {
  readonly client: Client;
  readonly workspace: string;
  /** This process's own application; undefined where another process is the host. */
  readonly app: Application | undefined;
  /** The other host's process. */
  readonly pid: number | undefined;
  /** Listens, so that the window and other commands can watch. Gives the address, of whichever host. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

/** Throws WORKSPACE_LOCKED where another host has it and cannot be talked to. */
export function openHost(workspace: string | undefined): OpenHost {
  const root = workspace ?? dataFolder();
  try {
    return ownHost(new Application({ workspace: root, shell: "cli" }));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "WORKSPACE_LOCKED") throw error;
    const holder = readHolder(root);
    if (holder === undefined || holder.url === null) throw error;
    return otherHost(root, holder.pid, holder.url);
  }
}

function ownHost(app: Application): OpenHost {
  let served: ServedHost | undefined;
  const endCatching = catchBugs(app);
  return {
    client: createRouterClient(createRouter(app), { context: {} }),
    workspace: app.paths.root,
    app,
    pid: undefined,
    listen: async () => {
      served ??= await serve({ app, port: 0, host: "127.0.0.1" });
      app.announce(served.url);
      return served.url;
    },
    close: async () => {
      await served?.close();
      await app.close();
      endCatching();
    },
  };
}

function otherHost(workspace: string, pid: number, url: string): OpenHost {
  const { origin, hash } = new URL(url);
  const token = hash.slice("#token=".length);
  return {
    client: createORPCClient(
      new RPCLink({ url: `${origin}/rpc`, headers: { authorization: `Bearer ${token}` } }),
    ),
    workspace,
    app: undefined,
    pid,
    listen: () => Promise.resolve(url),
    close: () => Promise.resolve(),
  };
}
