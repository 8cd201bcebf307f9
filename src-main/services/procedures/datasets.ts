/** Datasets. Mounted as the contract; what is not there yet says so. */
import { AppError } from "#shared/errors.ts";
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "../application.ts";
import type { Implementer, Procedures } from "./implementer.ts";

function missing(): never {
  throw new AppError("NOT_ALLOWED", "This part of datasets is not built yet.");
}

export function datasetProcedures(
  _app: Application,
  os: Implementer,
): Procedures<Contract["datasets"]> {
  const to = os.datasets;
  return {
    list: to.list.handler(() => []),
    get: to.get.handler(missing),
    statistics: to.statistics.handler(missing),
    create: to.create.handler(missing),
    rename: to.rename.handler(missing),
    delete: to.delete.handler(missing),
    refresh: to.refresh.handler(missing),
    export: to.export.handler(missing),
    jobs: {
      list: to.jobs.list.handler(() => []),
      get: to.jobs.get.handler(missing),
      cancel: to.jobs.cancel.handler(missing),
    },
    records: {
      count: to.records.count.handler(missing),
      page: to.records.page.handler(missing),
      ids: to.records.ids.handler(missing),
      get: to.records.get.handler(missing),
      getMany: to.records.getMany.handler(missing),
      revisions: to.records.revisions.handler(missing),
      check: to.records.check.handler(missing),
      add: to.records.add.handler(missing),
      setText: to.records.setText.handler(missing),
      restore: to.records.restore.handler(missing),
      setStatus: to.records.setStatus.handler(missing),
      setTags: to.records.setTags.handler(missing),
      delete: to.records.delete.handler(missing),
      previewBulk: to.records.previewBulk.handler(missing),
      applyBulk: to.records.applyBulk.handler(missing),
      lineage: to.records.lineage.handler(missing),
    },
    versions: {
      list: to.versions.list.handler(missing),
      get: to.versions.get.handler(missing),
      preview: to.versions.preview.handler(missing),
      publish: to.versions.publish.handler(missing),
      compare: to.versions.compare.handler(missing),
    },
    imports: {
      beginUpload: to.imports.beginUpload.handler(missing),
      upload: to.imports.upload.handler(missing),
      inspect: to.imports.inspect.handler(missing),
      start: to.imports.start.handler(missing),
      badRows: to.imports.badRows.handler(missing),
    },
    review: {
      event: to.review.event.handler(missing),
      statistics: to.review.statistics.handler(missing),
    },
    generate: {
      start: to.generate.start.handler(missing),
      resume: to.generate.resume.handler(missing),
      list: to.generate.list.handler(missing),
    },
  };
}
