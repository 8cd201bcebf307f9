/** Datasets for tests: files of records, and a client on a real application. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContractRouterClient } from "@orpc/contract";
import { createRouterClient } from "@orpc/server";
import type { Application } from "#main/services/application.ts";
import { createRouter } from "#main/procedures/router.ts";
import type { Contract } from "#shared/contract/contract.ts";
import type { DatasetId, DatasetJob, RecordId } from "#shared/schema/dataset.ts";
import { temporaryFolder } from "./store-fixture.ts";
import { testApplication } from "./test-application.ts";

export type DatasetClient = ContractRouterClient<Contract>;

export function clientOf(app: Application): DatasetClient {
  return createRouterClient(createRouter(app), { context: {} });
}

/** A file of these bytes or texts in a folder that goes with the test. */
export function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** One worked sum as a JSONL line; the answer is wrong where asked. */
export function sumLine(a: number, b: number, wrong = false): string {
  const sum = a + b + (wrong ? 1 : 0);
  return JSON.stringify({
    messages: [
      { role: "user", content: `Please add ${a} and ${b}.` },
      {
        role: "assistant",
        content: `<think>\nTaking ${a} first and then ${b} gives ${sum}.\n</think>\n<answer>${sum}</answer>`,
      },
    ],
    gold: String(a + b),
    place: `row ${a}`,
  });
}

/** Sums of 1 to `count` with themselves; every tenth is wrong. */
export function sumsFile(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => sumLine(i + 1, i + 1, (i + 1) % 10 === 0));
  return fileOf("sums.jsonl", `${lines.join("\n")}\n`);
}

export interface DatasetFixture {
  readonly app: Application;
  readonly workspace: string;
  readonly client: DatasetClient;
  readonly datasetId: DatasetId;
}

/** An application with the dataset "sums" of so many records. */
export async function datasetFixture(count: number): Promise<DatasetFixture> {
  const { app, workspace } = testApplication();
  const client = clientOf(app);
  const job = await importFile(app, sumsFile(count), { name: "sums" });
  if (job.datasetId === null || job.error !== null) throw new Error(job.error?.message ?? "no id");
  return { app, workspace, client, datasetId: job.datasetId };
}

/** Imports a file and waits for the end. */
export async function importFile(
  app: Application,
  path: string,
  into: { readonly name: string } | { readonly datasetId: DatasetId },
  options: { readonly skipBad?: boolean } = {},
): Promise<DatasetJob> {
  const job = await clientOf(app).datasets.imports.start({ file: { path }, into, ...options });
  return app.datasets.jobs.settled(job.id);
}

/** The record at a place of the whole dataset. */
export async function idAt(
  { client, datasetId }: DatasetFixture,
  index: number,
): Promise<RecordId> {
  const { rows } = await client.datasets.records.page({
    datasetId,
    filter: [],
    at: { index },
    limit: 1,
  });
  const [row] = rows;
  if (row === undefined) throw new Error(`no record at ${index}`);
  return row.id;
}
