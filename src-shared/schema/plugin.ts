/** A task of one's own: `plugins/NAME/plugin.yaml` in the workspace, and one file with what it does. */
import { z } from "zod";

export const NAME_WORDS = "lower-case letters, digits and dashes";

export const PluginManifest = z.strictObject({
  /** That of its folder; what recipes call the task. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, NAME_WORDS),
  /** Said to people; results are told apart by the file's hash. */
  version: z.union([z.string().min(1), z.number()]).transform(String),
  title: z.string().min(1),
  description: z.string().default(""),
  /** Beside plugin.yaml: JavaScript (.js) or Python (.py). */
  file: z
    .string()
    .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*\.(?:js|py)$/, "a .js or .py file beside plugin.yaml"),
  difficulties: z.array(z.int().min(1)).min(1),
  /** What one step of difficulty means, e.g. "numbers". */
  difficultyUnit: z.string().min(1).default("difficulty"),
});
export type PluginManifest = z.infer<typeof PluginManifest>;
