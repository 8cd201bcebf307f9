/** A filter as SQL over `problems p`: what its narrow table answers, and texts where a condition asks for them. */
import type { ProblemCondition, ProblemFilter } from "#shared/schema/problem-filter.ts";
import { ANY, allOf, inRange, oneOf } from "../where.ts";
import type { Where } from "../where.ts";

/** The function of the connection that looks for a text whatever its case. */
export const HOLDS_TEXT = "gradus_holds_text";

/** Of a version's problems; `r` are the pass rates of one model. */
export function problemWhere(versionId: number, filter: ProblemFilter): Where {
  return allOf({ sql: "p.version_id = ?", params: [versionId] }, filter, (condition) =>
    conditionSql(versionId, condition),
  );
}

function conditionSql(versionId: number, condition: ProblemCondition): Where {
  switch (condition.field) {
    case "text":
      return ofTexts(`${HOLDS_TEXT}(t.prompt, ?)`, [condition.value.toLowerCase()]);
    case "id":
      return oneOf("p.problem_id", condition.values);
    case "verifier":
      return oneOf("p.verifier", condition.values);
    case "split":
      return oneOf("p.split", condition.values);
    case "tag": {
      const { sql, params } = oneOf("tag", condition.values);
      return {
        sql: `p.id IN (SELECT problem FROM problem_tags WHERE version_id = ? AND ${sql})`,
        params: [versionId, ...params],
      };
    }
    case "gold": {
      if (condition.values.includes(ANY)) return ofTexts("t.gold IS NOT NULL", []);
      const { sql, params } = oneOf("t.gold", condition.values);
      return ofTexts(sql, params);
    }
    case "column":
      return columnSql(condition.key, condition.values);
    case "pass_rate":
      return inRange("1.0 * r.correct / r.samples", condition);
    case "difficulty":
    case "position":
      return inRange(`p.${condition.field}`, condition);
    default:
      return condition satisfies never;
  }
}

/** A text, a number, true or false by how it is written; of a list any element. */
function columnSql(key: string, values: readonly string[]): Where {
  const of = "SELECT 1 FROM json_each(t.columns) e WHERE e.key = ?";
  if (values.includes(ANY)) return ofTexts(`EXISTS (${of})`, [key]);
  const whole = atom("e", values);
  const element = atom("a", values);
  return ofTexts(
    `EXISTS (${of} AND (${whole.sql} OR CASE e.type WHEN 'array'
      THEN EXISTS (SELECT 1 FROM json_each(e.value) a WHERE ${element.sql}) END))`,
    [key, ...whole.params, ...element.params],
  );
}

function atom(row: string, values: readonly string[]): Where {
  return oneOf(
    `CASE ${row}.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'null' THEN 'null'
      ELSE CAST(${row}.atom AS TEXT) END`,
    values,
  );
}

function ofTexts(sql: string, params: readonly (string | number)[]): Where {
  return { sql: `EXISTS (SELECT 1 FROM problem_texts t WHERE t.id = p.id AND ${sql})`, params };
}
