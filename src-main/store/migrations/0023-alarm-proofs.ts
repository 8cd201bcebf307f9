import type { Migration } from "./migration.ts";

/** The completions that prove an alarm, and the change that it offers. */
export const alarmProofs: Migration = {
  version: 23,
  name: "alarm proofs",
  sql: `
ALTER TABLE alarms ADD COLUMN evidence TEXT NOT NULL DEFAULT '[]';
-- An option and its value; null where no single option would mend it.
ALTER TABLE alarms ADD COLUMN change TEXT;
`,
};
