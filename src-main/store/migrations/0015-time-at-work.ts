import type { Migration } from "./migration.ts";

/** How long an attempt took by a clock that only goes forward; of attempts of before, the span between two dates stays all that is known. */
export const timeAtWork: Migration = {
  version: 15,
  name: "time at work",
  sql: `ALTER TABLE attempts ADD COLUMN active_ms REAL;`,
};
