/** The exports that a storm kills, each to one place. */
import { z } from "zod";
import type { Application } from "#main/services/application.ts";

export const ExportKind = z.enum(["data-jsonl", "data-parquet", "model-hub", "model-gguf", "run"]);
export type ExportKind = z.infer<typeof ExportKind>;

/** By the host; a pipeline's files are written by the command line itself. */
export async function exportAs(
  app: Application,
  kind: Exclude<ExportKind, "run">,
  path: string,
): Promise<void> {
  if (kind === "model-hub") await app.models.export("gradus-base", path, "hub");
  else if (kind === "model-gguf") await app.models.export("gradus-base", path, "gguf-f16");
  else await exportData(app, kind === "data-jsonl" ? "jsonl" : "parquet", path);
}

async function exportData(
  app: Application,
  format: "jsonl" | "parquet",
  path: string,
): Promise<void> {
  const [dataset] = app.datasets.list();
  if (dataset === undefined) throw new Error("there is no dataset");
  await app.datasets.export({
    datasetId: dataset.id,
    target: { filter: [] },
    format,
    shape: "messages",
    reasoning: "as-is",
    path,
    overwrite: true,
    datasetInfo: false,
  });
}
