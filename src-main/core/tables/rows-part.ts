/** What the host asks the process that reads rows for, and what comes back. */
import { z } from "zod";
import type { SourceRow } from "./source-row.ts";
import { DatasetFormat } from "#shared/schema/dataset-format.ts";

export const RowsRequest = z.object({ path: z.string(), format: DatasetFormat });
export type RowsRequest = z.infer<typeof RowsRequest>;

/** Rows were taken apart by our own readers: looking at each value again would cost as much as reading it. */
export const RowsPart = z.object({
  rows: z.custom<readonly SourceRow[]>((rows) => Array.isArray(rows)),
  position: z.number(),
});
export type RowsPart = z.infer<typeof RowsPart>;
