/** Writes everything the store keeps of a pipeline to files, read-only, also while it runs. */
import { closeSync, existsSync, openSync, readdirSync, writeFileSync, writeSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { clearLeftovers, writeNewFolder } from "#main/platform/atomic-write.ts";
import { makeFolder } from "#main/platform/make-folder.ts";
import { AppError } from "#shared/errors.ts";
import type { Pipeline, RunId } from "#shared/schema/run.ts";
import { PipelineId } from "#shared/schema/run.ts";
import { dataFolder } from "#main/platform/paths.ts";
import { comparisonReport } from "#main/services/comparison/comparison-report.ts";
import { comparedEvaluation } from "#main/services/comparison/pipeline-comparison.ts";
import { PairedTests } from "#main/services/comparison/paired-tests.ts";
import { comparisonFile } from "#main/services/reports/comparison-file.ts";
import { pipelineResults } from "#main/services/comparison/results.ts";
import { openStore } from "#main/store/store.ts";
import type { Store } from "#main/store/store.ts";
import { workspacePaths } from "#main/store/workspace.ts";

/** Gives the files written. Throws NOT_FOUND, CONFLICT (the folder is not empty). */
export function exportPipeline(workspace: string | undefined, id: string, out: string): string[] {
  const paths = workspacePaths(workspace ?? dataFolder());
  if (!existsSync(paths.database)) {
    throw new AppError(
      "NOT_FOUND",
      `There is no workspace in ${paths.root}.`,
      "Name another with --workspace.",
    );
  }
  const store = openStore(paths.database, { readonly: true });
  try {
    const pipeline = store.pipelines.get(PipelineId.parse(id));
    const folder = resolve(out);
    clearLeftovers(folder);
    if (existsSync(folder) && readdirSync(folder).length > 0) {
      throw new AppError(
        "CONFLICT",
        `${folder} is not empty.`,
        "Name a new folder: nothing is overwritten.",
      );
    }
    let written: string[] = [];
    writeNewFolder(folder, (temporary) => {
      written = writeLaunch(store, pipeline, temporary).map((file) => relative(temporary, file));
    });
    return written;
  } finally {
    store.close();
  }
}

function writeLaunch(store: Store, pipeline: Pipeline, folder: string): string[] {
  return [
    writeJson(folder, "pipeline.json", pipeline),
    writeJson(folder, "results.json", pipelineResults(store, new PairedTests(store), pipeline.id)),
    ...writeReports(store, pipeline.id, folder),
    ...pipeline.runs.flatMap((run) => exportRun(store, run.id, join(folder, run.stageName))),
  ];
}

/** The pipeline's benchmarks side by side, for reading and for spreadsheets; nothing where none has finished. */
function writeReports(store: Store, id: PipelineId, folder: string): string[] {
  if (store.evaluations.ofPipeline(id).length === 0) return [];
  const report = comparisonReport(store, new PairedTests(store), { ids: [id], published: [] });
  return (["html", "markdown", "csv"] as const).map((format) => {
    const { text, extension } = comparisonFile(store, report, format, Date.now());
    const file = join(folder, `report.${extension}`);
    writeFileSync(file, text);
    return file;
  });
}

function exportRun(store: Store, id: RunId, folder: string): string[] {
  makeFolder(folder);
  const run = {
    ...store.runs.get(id),
    checkpoints: store.history.checkpoints(id),
    alarms: store.history.alarms(id),
    cost: store.costs.ofRun(id),
    evaluation: comparedEvaluation(store, new PairedTests(store), id),
  };
  return [
    writeJson(folder, "run.json", run),
    ...writeLines(folder, "metrics.jsonl", store.metrics.points(id)),
    ...writeLines(folder, "rollouts.jsonl", store.rollouts.all(id)),
    ...writeLines(folder, "samples.jsonl", store.evaluations.samples(id)),
    ...writeLines(folder, "events.jsonl", store.history.events(id, { limit: 1_000_000_000 })),
  ];
}

function writeJson(folder: string, name: string, value: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
  return file;
}

/** One JSON document a line; no file where there is nothing to write. */
function writeLines(folder: string, name: string, values: Iterable<unknown>): string[] {
  const file = join(folder, name);
  let fd: number | undefined;
  for (const value of values) {
    fd ??= openSync(file, "w");
    writeSync(fd, `${JSON.stringify(value)}\n`);
  }
  if (fd === undefined) return [];
  closeSync(fd);
  return [file];
}
