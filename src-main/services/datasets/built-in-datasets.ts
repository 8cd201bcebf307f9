/** Datasets that ship with the application: assets/datasets, a JSONL file each, named by a recipe as the file is. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { assetFolder } from "#main/platform/asset-folder.ts";

/** Undefined where there is none of that name. A file, and a dataset of the workspace, of the same name go before it. */
export function builtInDatasetFile(name: string): string | undefined {
  if (!/^[a-z0-9-]+$/u.test(name)) return undefined;
  const file = join(assetFolder(), "datasets", `${name}.jsonl`);
  return existsSync(file) ? file : undefined;
}
