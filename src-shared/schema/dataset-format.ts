/** Files of rows, by how they are written. */
import { z } from "zod";

export const DatasetFormat = z.enum(["jsonl", "json", "csv", "parquet"]);
export type DatasetFormat = z.infer<typeof DatasetFormat>;
