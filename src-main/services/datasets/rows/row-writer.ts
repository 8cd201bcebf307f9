/** Writes rows to a file, some at a time. */
import type { Row } from "./record-to-row.ts";

export interface RowWriter {
  write(rows: readonly Row[]): Promise<void>;
  /** All of it is on the disk when this resolves. */
  finish(): Promise<void>;
  /** Gives the file back after a failure. */
  abandon(): void;
}
