/** Datasets: each procedure calls the service, and no more. Records have a file of their own. */
import { AppError } from "#shared/errors.ts";
import type { Contract } from "#shared/contract/contract.ts";
import { forShowing } from "#main/platform/exact-json.ts";
import type { Application } from "#main/services/application.ts";
import { reviewStatistics } from "#main/services/datasets/review-statistics.ts";
import { datasetRecordProcedures } from "./dataset-records.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function datasetProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["datasets"]> {
  const { datasets, store } = app;
  const { jobs, uploads, versions } = datasets;
  const to = os.datasets;
  return {
    list: to.list.handler(() => datasets.list()),
    get: to.get.handler(({ input }) => datasets.get(input.datasetId)),
    statistics: to.statistics.handler(({ input }) => {
      store.datasets.nameOf(input.datasetId);
      return store.datasets.statistics(input.datasetId, input.filter);
    }),
    create: to.create.handler(({ input }) => datasets.create(input.name, input.forTour)),
    rename: to.rename.handler(({ input }) => datasets.rename(input.datasetId, input.name)),
    delete: to.delete.handler(({ input }) => datasets.delete(input.datasetId, input.forGood)),
    refresh: to.refresh.handler(({ input }) => datasets.refresh(input.datasetId)),
    export: to.export.handler(({ input }) => datasets.export(input)),
    jobs: {
      list: to.jobs.list.handler(({ input }) => jobs.list(input.datasetId)),
      get: to.jobs.get.handler(({ input }) => jobs.get(input.jobId)),
      cancel: to.jobs.cancel.handler(({ input }) => {
        jobs.cancel(input.jobId);
      }),
    },
    records: datasetRecordProcedures(app, os),
    versions: {
      list: to.versions.list.handler(({ input }) => {
        store.datasets.nameOf(input.datasetId);
        return store.versions.list(input.datasetId);
      }),
      get: to.versions.get.handler(({ input }) => versions.get(input.ref)),
      preview: to.versions.preview.handler(({ input }) => {
        store.datasets.nameOf(input.datasetId);
        return store.datasets.statistics(input.datasetId, input.filter);
      }),
      publish: to.versions.publish.handler(({ input }) =>
        versions.publish(input.datasetId, input.filter, input.note),
      ),
      compare: to.versions.compare.handler(({ input }) => versions.compare(input)),
    },
    imports: {
      beginUpload: to.imports.beginUpload.handler(({ input }) => ({
        uploadId: uploads.begin(input.name),
      })),
      upload: to.imports.upload.handler(({ input }) => ({
        bytes: uploads.append(input.uploadId, input.offset, bytesOf(input.base64)),
      })),
      inspect: to.imports.inspect.handler(async ({ input }) => {
        const { mappings, rows, ...found } = await datasets.inspect(input.file, input, input.rows);
        return {
          ...found,
          shapes: mappings.map(({ shape }) => shape),
          rows: rows.map(({ line, messages, reference, metadata }) => ({
            line,
            messages,
            gold: reference.gold,
            task: reference.task,
            metadata: forShowing(metadata),
          })),
        };
      }),
      start: to.imports.start.handler(({ input }) => datasets.startImport(input)),
      badRows: to.imports.badRows.handler(({ input }) =>
        datasets.badRows(input.jobId, input.offset, input.limit),
      ),
    },
    review: {
      event: to.review.event.handler(({ input }) => {
        const { recordId, kind, reviewer } = input;
        datasets.records.review(store.records.datasetOf(recordId), recordId, kind, reviewer);
      }),
      statistics: to.review.statistics.handler(({ input }) => {
        store.datasets.nameOf(input.datasetId);
        return reviewStatistics(store, input.datasetId);
      }),
    },
    generate: {
      start: to.generate.start.handler(({ input }) => app.generating.start(input)),
      resume: to.generate.resume.handler(({ input }) => app.generating.resume(input.jobId)),
      list: to.generate.list.handler(() => app.generating.list()),
    },
  };
}

function bytesOf(base64: string): Buffer {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") === base64.replace(/=+$/, "")) return bytes;
  throw new AppError("BAD_INPUT", "That piece of the file is not base64.", "Send it again.");
}
