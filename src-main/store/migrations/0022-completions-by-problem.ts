import type { Migration } from "./migration.ts";

/** What models wrote to one problem, or to those of one set, is found without reading every run. */
export const completionsByProblem: Migration = {
  version: 22,
  name: "completions by problem",
  sql: `
CREATE INDEX evaluation_problems_by_problem ON evaluation_problems (problem_id);
CREATE INDEX rollout_groups_by_problem ON rollout_groups (problem_id);
`,
};
