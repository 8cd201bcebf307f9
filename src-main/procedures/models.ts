/** Models: what is here, what can be got, and the way out. */
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "#main/services/application.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function modelProcedures(app: Application, os: Implementer): Procedures<Contract["models"]> {
  const { models, modelJobs } = app;
  const to = os.models;
  return {
    list: to.list.handler(() => models.list()),
    resolve: to.resolve.handler(async ({ input }) => {
      await modelJobs.ready;
      return { path: models.resolve(input.name) };
    }),
    catalogue: to.catalogue.handler(() => modelJobs.catalogue()),
    get: to.get.handler(({ input }) => modelJobs.start(input)),
    jobs: to.jobs.handler(() => modelJobs.list()),
    wait: to.wait.handler(({ input }) => modelJobs.wait(input.jobId)),
    cancel: to.cancel.handler(({ input }) => {
      modelJobs.cancel(input.jobId);
    }),
    import: to.import.handler(({ input }) => models.import(input.path, input.name)),
    export: to.export.handler(({ input }) => models.export(input.id, input.path, input.format)),
    delete: to.delete.handler(({ input }) => {
      models.delete(input.id);
    }),
  };
}
