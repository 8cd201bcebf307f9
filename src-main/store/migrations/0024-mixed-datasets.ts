import type { Migration } from "./migration.ts";

/** A run may learn from several published versions. */
export const mixedDatasets: Migration = {
  version: 24,
  name: "mixed datasets",
  sql: `
CREATE TABLE run_versions (
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  dataset_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (run_id, dataset_id, version),
  FOREIGN KEY (dataset_id, version) REFERENCES dataset_versions(dataset_id, version)
) STRICT, WITHOUT ROWID;
INSERT INTO run_versions SELECT run_id, dataset_id, version, sha256 FROM run_datasets;
DROP TABLE run_datasets;
ALTER TABLE run_versions RENAME TO run_datasets;
CREATE INDEX runs_of_version ON run_datasets (dataset_id, version);
`,
};
