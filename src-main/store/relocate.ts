/**
 * A workspace that was moved or copied: what the store says lies in it is told by its new place. Old places are known
 * by the runs' and models' own folders, whose names below the workspace are fixed.
 */
import { sep } from "node:path";
import type { Connection } from "./database.ts";

const PATHS = [
  ["runs", "out_dir"],
  ["runs", "output_model"],
  ["runs", "output_dataset"],
  ["checkpoints", "dir"],
  ["models", "path"],
] as const;

/** Within a transaction of the caller. Gives the places that it had before. */
export function relocate(db: Connection, root: string): string[] {
  const before = db
    .prepare<[], string>(
      `SELECT DISTINCT substr(out_dir, 1, instr(out_dir, '${sep}runs${sep}' || pipeline_id || '${sep}') - 1) AS root
       FROM runs WHERE instr(out_dir, '${sep}runs${sep}' || pipeline_id || '${sep}') > 1
       UNION
       SELECT DISTINCT substr(path, 1, length(path) - length('${sep}models${sep}' || id)) FROM models
       WHERE substr(path, -length('${sep}models${sep}' || id)) = '${sep}models${sep}' || id`,
    )
    .pluck()
    .all()
    .filter((old) => old !== root && old !== "");
  for (const old of before) {
    for (const [table, column] of PATHS) {
      db.prepare(
        `UPDATE ${table} SET ${column} = $root || substr(${column}, length($old) + 1)
         WHERE substr(${column}, 1, length($old) + 1) = $old || '${sep}'`,
      ).run({ root, old });
    }
    // A pipeline's recipe names its models by their paths.
    db.prepare("UPDATE pipelines SET recipe = replace(recipe, $old, $root)").run({
      old: `"${escaped(old + sep)}`,
      root: `"${escaped(root + sep)}`,
    });
  }
  return before;
}

/** As it stands within a text of JSON. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
