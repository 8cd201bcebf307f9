/** Models that recipes can name. */
import { z } from "zod";
import { ModelRecord } from "../schema/system.ts";
import { procedure } from "./errors.ts";

export const models = {
  list: procedure.output(z.array(ModelRecord)),
  /** Copies a folder in hub layout into the workspace, after checking it. */
  import: procedure
    .input(z.strictObject({ path: z.string().min(1), name: z.string().min(1).max(200).optional() }))
    .output(ModelRecord),
  /** Copies a model's folder to a new folder `path`. */
  export: procedure
    .input(z.strictObject({ id: z.string(), path: z.string().min(1) }))
    .output(z.strictObject({ path: z.string(), bytes: z.number() })),
  /** Removes an imported model that no run uses. */
  delete: procedure.input(z.strictObject({ id: z.string() })).output(z.void()),
};
