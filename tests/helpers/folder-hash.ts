/** What lies at a path, as one text: two are equal where every name and every byte below is, but for when it was read. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const READ_AT = /"readAtMs": \d+/;

/** Nothing there is "nothing"; an empty folder is "empty". */
export function hashAt(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return "nothing";
  if (!stats.isDirectory()) {
    const bytes = readFileSync(path);
    return sha256(path.endsWith(".json") ? bytes.toString().replace(READ_AT, "") : bytes);
  }
  const names = readdirSync(path).toSorted();
  if (names.length === 0) return "empty";
  return sha256(names.map((name) => `${name} ${hashAt(join(path, name))}`).join("\n"));
}

function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
