/** A host's procedures for tests and benches, as a window calls them. */
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import { WebSocket } from "ws";
import type { Contract } from "#shared/contract/contract.ts";
import type { DatasetId, DatasetJob } from "#shared/schema/dataset.ts";

export interface HostClient {
  readonly call: ContractRouterClient<Contract>;
  close(): void;
}

/** @param url as the host prints it, with its token */
export async function connectTo(url: string): Promise<HostClient> {
  const { host, hash } = new URL(url);
  const token = new URLSearchParams(hash.slice(1)).get("token") ?? "";
  const socket = new WebSocket(`ws://${host}/rpc`, ["gradus", `gradus.token.${token}`], {
    origin: `http://${host}`,
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const link = new RPCLink({ websocket: socket as unknown as globalThis.WebSocket });
  return { call: createORPCClient(link), close: () => socket.close() };
}

/** Imports a file of the host's machine as a new dataset and waits until its records are there. */
export async function importDataset(
  { call }: HostClient,
  name: string,
  path: string,
): Promise<{ readonly datasetId: DatasetId; readonly job: DatasetJob }> {
  let job = await call.datasets.imports.start({ file: { path }, into: { name }, skipBad: true });
  while (job.state === "running") job = await call.datasets.jobs.get({ jobId: job.id });
  if (job.state !== "finished" || job.datasetId === null)
    throw new Error(`the import ${job.state}: ${job.error?.message ?? ""}`);
  return { datasetId: job.datasetId, job };
}
