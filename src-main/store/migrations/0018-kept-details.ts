import type { Migration } from "./migration.ts";

/**
 * A published version keeps right answers, metadata and sources as they were. They are kept when they are about to
 * change, once for all versions that hold the record by then: `version` is the last of those. What was published under
 * 0.1.0 stands as it was, since nothing could change it there.
 */
export const keptDetails: Migration = {
  version: 18,
  name: "kept details",
  sql: `
CREATE TABLE kept_details (
  record_id INTEGER NOT NULL REFERENCES records(id),
  version INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  source TEXT NOT NULL,
  reference TEXT NOT NULL,
  PRIMARY KEY (record_id, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER kept_details_are_immutable BEFORE UPDATE ON kept_details
BEGIN SELECT RAISE(ABORT, 'a published version cannot be changed'); END;

CREATE TRIGGER published_details_are_kept BEFORE UPDATE OF metadata, source, reference ON record_details
WHEN old.metadata <> new.metadata OR old.source <> new.source OR old.reference <> new.reference
BEGIN
  INSERT INTO kept_details
    SELECT old.record_id, max(version), old.metadata, old.source, old.reference
    FROM version_records WHERE record_id = old.record_id HAVING max(version) IS NOT NULL
    ON CONFLICT DO NOTHING;
END;
`,
};
