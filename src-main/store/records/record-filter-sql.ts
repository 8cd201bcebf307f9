/** A filter as SQL over `records r`: what the indexes and one pass over the narrow table can answer. */
import { FormatProblem, RecordSource } from "#shared/schema/dataset.ts";
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { RangeField, RecordCondition, RecordFilter } from "#shared/schema/record-filter.ts";
import { ANY, allOf, anyOf, inRange, marks, oneOf } from "../where.ts";
import type { Where } from "../where.ts";

const COLUMNS: { readonly [Field in RangeField]: string } = {
  readability: "readability",
  language: "language",
  repetition: "repetition",
  words: "words",
  characters: "characters",
  "reasoning-words": "reasoning_words",
  similarity: "similarity",
  difficulty: "difficulty",
  position: "position",
};

/** Bit of a problem in the column `format`. */
export function formatBit(problem: FormatProblem): number {
  return 1 << FormatProblem.options.indexOf(problem);
}

export function formatBits(problems: readonly FormatProblem[]): number {
  return problems.reduce((bits, problem) => bits | formatBit(problem), 0);
}

/** Of the dataset's records that are there. */
export function whereOf(datasetId: DatasetId, filter: RecordFilter): Where {
  return allOf(
    { sql: "r.dataset_id = ? AND r.presence = 0", params: [datasetId] },
    filter,
    (condition) => conditionSql(datasetId, condition),
  );
}

function conditionSql(datasetId: DatasetId, condition: RecordCondition): Where {
  switch (condition.field) {
    case "text":
      return textSql(condition.value, condition.in);
    case "id":
      // An edit may name many more ids than a statement may have parameters.
      return {
        sql: "r.id IN (SELECT value FROM json_each(?))",
        params: [JSON.stringify(condition.values)],
      };
    case "status":
      return oneOf("r.status", condition.values);
    case "verdict":
      return oneOf("r.verdict", condition.values);
    case "source":
      return sourceSql(condition.values);
    case "gold":
      return detailSql(valueSql("d.reference ->> '$.gold'", condition.values));
    case "metadata":
      return detailSql(metadataSql(condition.key, condition.values));
    case "task":
      return oneOf("r.task", condition.values);
    case "tag":
      return {
        sql: `r.id IN (SELECT record_id FROM record_tags WHERE dataset_id = ? AND tag IN (${marks(condition.values)}))`,
        params: [datasetId, ...condition.values],
      };
    case "format":
      return anyOf(
        condition.values.map((value) => {
          if (value === "ok") return { sql: "r.format = 0", params: [] };
          if (value === "bad") return { sql: "r.format <> 0", params: [] };
          return { sql: "r.format & ? <> 0", params: [formatBit(value)] };
        }),
      );
    case "duplicate":
      return anyOf(condition.values.map((value) => duplicateSql(datasetId, value)));
    case "same-as": {
      const of = `FROM records WHERE id IN (${marks(condition.values)})`;
      return {
        sql: `r.content IN (SELECT content ${of}) OR r.near_cluster IN (SELECT near_cluster ${of})`,
        params: [...condition.values, ...condition.values],
      };
    }
    case "contamination":
      return anyOf(
        condition.values.map((value) =>
          value === "any"
            ? { sql: "r.contamination IS NOT NULL", params: [] }
            : { sql: "r.contamination = ?", params: [value] },
        ),
      );
    case "edited":
      return { sql: "r.revision > 0", params: [] };
    default:
      return inRange(`r.${COLUMNS[condition.field]}`, condition);
  }
}

/** How records came in stands in the narrow table; everything else is looked up. */
function sourceSql(values: readonly string[]): Where {
  const kind = oneOf("r.source", values);
  if (values.every((value) => RecordSource.shape.kind.safeParse(value).success)) return kind;
  return anyOf([
    kind,
    detailSql(
      anyOf([
        oneOf("d.source ->> '$.file'", values),
        oneOf("d.source ->> '$.teacher'", values),
        metadataSql("source", values),
      ]),
    ),
  ]);
}

function detailSql({ sql, params }: Where): Where {
  return {
    sql: `EXISTS (SELECT 1 FROM record_details d WHERE d.record_id = r.id AND (${sql}))`,
    params,
  };
}

/** A text, a number, true, false or null by what it is; of a list any element. */
function metadataSql(key: string, values: readonly string[]): Where {
  if (values.includes(ANY)) {
    return { sql: "EXISTS (SELECT 1 FROM json_each(d.metadata) e WHERE e.key = ?)", params: [key] };
  }
  const whole = atomSql("e", values);
  const element = atomSql("a", values);
  return {
    sql: `EXISTS (SELECT 1 FROM json_each(d.metadata) e WHERE e.key = ? AND (${whole.sql}
      OR CASE e.type WHEN 'array' THEN EXISTS (SELECT 1 FROM json_each(e.value) a WHERE ${element.sql}) END))`,
    params: [key, ...whole.params, ...element.params],
  };
}

function atomSql(row: string, values: readonly string[]): Where {
  const numbers = values.filter((value) => value.trim() !== "" && Number.isFinite(Number(value)));
  const words = values.filter((value) => ["true", "false", "null"].includes(value));
  return anyOf([
    { sql: `${row}.type = 'text' AND ${row}.value IN (${marks(values)})`, params: values },
    ...(words.length === 0 ? [] : [oneOf(`${row}.type`, words)]),
    ...numbers.map((number) => ({
      sql: `${row}.type IN ('integer', 'real') AND ${row}.value = CAST(? AS NUMERIC)`,
      params: [number],
    })),
  ]);
}

function valueSql(column: string, values: readonly string[]): Where {
  return values.includes(ANY)
    ? { sql: `${column} IS NOT NULL`, params: [] }
    : oneOf(column, values);
}

/**
 * The full-text index knows words as they are set apart by spaces. A value without any (a formula's
 * signs) or of a script that sets none is looked for in the text as it is written.
 */
const NOT_WORDS =
  /^[^\p{L}\p{N}]*$|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

type TextPart = "prompt" | "reasoning" | "answer";

function textSql(value: string, part: TextPart | undefined): Where {
  if (NOT_WORDS.test(value)) {
    return {
      sql: `EXISTS (SELECT 1 FROM revisions v JOIN json_each(v.messages) m
        WHERE v.record_id = r.id AND v.number = r.revision AND ${PARTS[part ?? "any"]})`,
      params: [value],
    };
  }
  const phrase = `"${value.replaceAll('"', '""')}" *`;
  return {
    sql: "r.id IN (SELECT rowid FROM records_text WHERE records_text MATCH ?)",
    params: [part === undefined ? phrase : `${part} : ${phrase}`],
  };
}

const CONTENT = "m.value ->> 'content'";
const REASONING = "coalesce(m.value ->> 'reasoning', '')";
const PARTS: { readonly [Part in TextPart | "any"]: string } = {
  prompt: `m.value ->> 'role' <> 'assistant' AND instr(${CONTENT}, ?) > 0`,
  answer: `m.value ->> 'role' = 'assistant' AND instr(${CONTENT}, ?) > 0`,
  reasoning: `instr(${REASONING}, ?) > 0`,
  any: `instr(${CONTENT} || char(10) || ${REASONING}, ?) > 0`,
};

function duplicateSql(datasetId: DatasetId, value: "exact" | "near" | "extra"): Where {
  const params = [datasetId];
  const clusters = (column: string, what: string): string =>
    `SELECT ${what} FROM records WHERE dataset_id = ? AND presence = 0 AND ${column} IS NOT NULL GROUP BY ${column} HAVING count(*) > 1`;
  const member = (column: string): string => `r.${column} IN (${clusters(column, column)})`;
  if (value === "exact") return { sql: member("content"), params };
  if (value === "near") return { sql: member("near_cluster"), params };
  const extra = (column: string): string =>
    `(${member(column)} AND r.id NOT IN (${clusters(column, "min(id)")}))`;
  return {
    sql: `${extra("content")} OR ${extra("near_cluster")}`,
    params: [datasetId, datasetId, datasetId, datasetId],
  };
}
