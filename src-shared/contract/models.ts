/** Models that recipes can name. */
import { z } from "zod";
import { CatalogueEntry, ExportFormat, ModelJob } from "../schema/model.ts";
import { ModelRecord } from "../schema/system.ts";
import { procedure } from "./procedure.ts";

export const models = {
  list: procedure.output(z.array(ModelRecord)),
  /** The folder of the model that a name means: an id, a folder, or a hub id or file that was got before. */
  resolve: procedure
    .input(z.strictObject({ name: z.string().min(1).max(4096) }))
    .output(z.strictObject({ path: z.string() })),
  /** Models that Gradus knows of, smallest first in each family. */
  catalogue: procedure.output(z.array(CatalogueEntry)),
  /**
   * Begins to get a model: by its name in the catalogue, a hub id (`owner/name`, `owner/name@revision`,
   * `owner/name:file.gguf`), a folder in hub layout or a GGUF file. The same source twice is one job.
   */
  get: procedure
    .input(
      z.strictObject({
        source: z.string().min(1).max(4096),
        name: z.string().min(1).max(200).optional(),
      }),
    )
    .output(ModelJob),
  /** Jobs since the host started, newest first. */
  jobs: procedure.output(z.array(ModelJob)),
  /** Resolves when the job has ended, whichever way. */
  wait: procedure.input(z.strictObject({ jobId: z.string() })).output(ModelJob),
  /** Ends a job. What was downloaded stays, so that getting the model again goes on from there. */
  cancel: procedure.input(z.strictObject({ jobId: z.string() })).output(z.void()),
  /** Copies a folder in hub layout into the workspace, after checking it. */
  import: procedure
    .input(z.strictObject({ path: z.string().min(1), name: z.string().min(1).max(200).optional() }))
    .output(ModelRecord),
  /** Writes a model to a new folder `path` (`hub`), or to a new file `path`. */
  export: procedure
    .input(
      z.strictObject({
        id: z.string(),
        path: z.string().min(1),
        format: ExportFormat.default("hub"),
      }),
    )
    .output(z.strictObject({ path: z.string(), bytes: z.number() })),
  /** Removes an imported model that no run uses. */
  delete: procedure.input(z.strictObject({ id: z.string() })).output(z.void()),
};
