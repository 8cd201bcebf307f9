/** Entry of the process that reads one file of rows for the host; see reading-child.ts. */
import { serveReading } from "./serve-reading.ts";
import { openRows } from "#main/core/tables/open-rows.ts";
import { RowsRequest } from "#main/core/tables/rows-part.ts";
import type { RowsPart } from "#main/core/tables/rows-part.ts";
import { unreadable } from "#main/core/tables/source-row.ts";
import type { SourceRow } from "#main/core/tables/source-row.ts";

/** Handed over together. */
const ROWS_AT_ONCE = 100;
const BYTES_AT_ONCE = 1_000_000;

serveReading(
  async (raw, give) => {
    const { path, format } = RowsRequest.parse(raw);
    const reading = openRows(path, format);
    let rows: SourceRow[] = [];
    let given = 0;
    const flush = async (): Promise<void> => {
      const part: RowsPart = { rows, position: reading.position() };
      rows = [];
      given = part.position;
      await give(part);
    };
    for await (const row of reading.rows) {
      rows.push(row);
      if (rows.length >= ROWS_AT_ONCE || reading.position() - given >= BYTES_AT_ONCE) await flush();
    }
    await flush();
  },
  (error, request) => unreadable(RowsRequest.parse(request).path, error),
);
