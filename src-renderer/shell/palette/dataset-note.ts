/** A dataset's second line in the palette. */
import type { DatasetSummary } from "#shared/schema/dataset.ts";
import { plural } from "#renderer/ui/format.ts";

/** How many records it has now, and what was published of them. */
export function datasetNote({
  id,
  records,
  latestVersion,
  latestVersionRecords,
}: Pick<DatasetSummary, "id" | "records" | "latestVersion" | "latestVersionRecords">): string {
  const now = plural(records, "record");
  if (latestVersion === null) return `${now}, not published`;
  const published = `${id}@${String(latestVersion)}`;
  return records === latestVersionRecords
    ? `${now}, published as ${published}`
    : `${now} now, ${plural(latestVersionRecords ?? 0, "record")} published as ${published}`;
}
