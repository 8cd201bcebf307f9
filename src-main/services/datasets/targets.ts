/** The records that an edit is about. */
import type { RecordTarget } from "#shared/contract/dataset-records.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";

export function filterOf(target: RecordTarget): RecordFilter {
  return "filter" in target ? target.filter : [{ field: "id", values: target.ids }];
}

/** The one record that is meant, where it is one: what a reviewer decides by hand. */
export function soleId(target: RecordTarget): number | undefined {
  return "ids" in target && target.ids.length === 1 ? target.ids[0] : undefined;
}
