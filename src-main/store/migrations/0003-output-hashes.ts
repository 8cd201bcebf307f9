import type { Migration } from "./migration.ts";

/** What a run wrote, by its content: equal runs have equal hashes, and a changed file is noticed. */
export const outputHashes: Migration = {
  version: 3,
  name: "output hashes",
  sql: "ALTER TABLE runs ADD COLUMN output_sha256 TEXT;",
};
