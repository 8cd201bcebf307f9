/** Where a file to import lies and what people call it: a path, an upload, or what a run kept. */
import { basename } from "node:path";
import { AppError, assertNever } from "#shared/errors.ts";
import type { DatasetFile } from "#shared/contract/datasets.ts";
import type { RecordSource } from "#shared/schema/dataset.ts";
import type { Store } from "#main/store/store.ts";
import type { Uploads } from "./uploads.ts";

export interface ImportSource {
  readonly path: string;
  readonly name: string;
  /** What its records say of where they came from. */
  readonly origin: Pick<RecordSource, "kind" | "runId" | "teacher">;
}

/** What is wrong with a sent file is said of its own name: where the host keeps it means nothing to who sent it. */
export async function saidByName<T>(
  { path, name }: Pick<ImportSource, "path" | "name">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || basename(path) === name) throw error;
    const { code, message, advice } = error;
    throw new AppError(code, message.replaceAll(path, name), advice, { cause: error });
  }
}

/** Throws NOT_FOUND where the run or the upload is not there, BAD_INPUT where the run made no data. */
export function importSource(file: DatasetFile, store: Store, uploads: Uploads): ImportSource {
  const imported = { kind: "import", runId: null, teacher: null } as const;
  if ("path" in file) return { path: file.path, name: basename(file.path), origin: imported };
  if ("uploadId" in file) {
    const { uploadId } = file;
    return { path: uploads.pathOf(uploadId), name: uploads.nameOf(uploadId), origin: imported };
  }
  if ("runId" in file) {
    const { runId } = file;
    const run = store.runs.get(runId);
    if (run.outputDataset === null) {
      throw new AppError(
        "BAD_INPUT",
        `The run ${runId} made no data.`,
        "Finished rejection-sampling stages keep what they sampled.",
      );
    }
    const origin = { kind: "run", runId, teacher: run.config.model } as const;
    return { path: run.outputDataset, name: runId, origin };
  }
  return assertNever(file);
}
