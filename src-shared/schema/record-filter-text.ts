/**
 * A filter as one line of text, both ways: `status:pending,flagged words:>300 readability:40..60
 * -tag:wordy prompt:"two trains" meta.topic:algebra circle`. Terms must all hold; commas separate
 * values of which any will do; a minus turns a term round.
 */
import { readRange } from "./number-range.ts";
import { RangeField, RecordCondition } from "./record-filter.ts";
import type { RecordFilter } from "./record-filter.ts";

export interface FilterReading {
  readonly filter: RecordFilter;
  /** What could not be understood, in words. */
  readonly problems: readonly string[];
}

const VALUE_FIELDS = [
  "id",
  "status",
  "tag",
  "verdict",
  "format",
  "duplicate",
  "same-as",
  "contamination",
  "source",
  "task",
  "gold",
] as const;
const TEXT_FIELDS = ["text", "prompt", "reasoning", "answer"] as const;
const NUMBER_FIELDS = new Set<string>(["id", "same-as"]);
const METADATA = "meta.";
const TERM =
  /(-?)(?:(meta\.(?:"(?:[^"\\]|\\.)*"|[^\s:",]+)|[a-z-]+):)?((?:"(?:[^"\\]|\\.)*"|[^\s",]+)(?:,(?:"(?:[^"\\]|\\.)*"|[^\s",]+))*)/gu;
const VALUE = /"((?:[^"\\]|\\.)*)"|([^,"]+)/gu;

export const FILTER_FIELDS: readonly string[] = [
  ...VALUE_FIELDS,
  ...TEXT_FIELDS,
  ...RangeField.options,
  "is:edited",
  "meta.NAME",
];

/** Never throws; what is not understood is left out and said. */
export function parseFilter(text: string): FilterReading {
  const filter: RecordFilter = [];
  const problems: string[] = [];
  for (const [whole, minus, field, raw = ""] of text.matchAll(TERM)) {
    const condition = conditionOf(field, raw);
    if (condition === undefined) {
      problems.push(
        field === undefined ||
          FILTER_FIELDS.includes(field) ||
          field === "is" ||
          field.startsWith(METADATA)
          ? `"${whole}" is not understood`
          : `there is no field "${field}"; there are ${FILTER_FIELDS.join(", ")}; metadata of this name is asked for by ${METADATA}${field}:…`,
      );
    } else filter.push(minus === "-" ? { ...condition, not: true } : condition);
  }
  return { filter, problems };
}

export function filterText(filter: RecordFilter): string {
  return filter
    .map((condition) => `${condition.not === true ? "-" : ""}${term(condition)}`)
    .join(" ");
}

function conditionOf(field: string | undefined, raw: string): RecordCondition | undefined {
  const values = [...raw.matchAll(VALUE)].map(
    ([, quoted, plain]) => quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "",
  );
  if (field === undefined) return checked({ field: "text", value: values.join(" ") });
  if (field === "is") return raw === "edited" ? { field: "edited" } : undefined;
  if (field === "text") return checked({ field, value: values.join(" ") });
  if (field.startsWith(METADATA)) {
    const [name] = field.slice(METADATA.length).matchAll(VALUE);
    const key = name?.[1]?.replaceAll(/\\(.)/g, "$1") ?? name?.[2] ?? "";
    return checked({ field: "metadata", key, values });
  }
  if (isOneOf(TEXT_FIELDS, field)) {
    return checked({ field: "text", in: field, value: values.join(" ") });
  }
  if (isOneOf(RangeField.options, field)) return rangeOf(field, raw);
  if (!isOneOf(VALUE_FIELDS, field)) return undefined;
  return checked({ field, values: NUMBER_FIELDS.has(field) ? values.map(Number) : values });
}

function rangeOf(field: RangeField, raw: string): RecordCondition | undefined {
  const range = readRange(raw, isCount(field));
  return range === undefined ? undefined : { field, ...range };
}

function isCount(field: RangeField): boolean {
  return ["words", "characters", "reasoning-words", "difficulty", "position"].includes(field);
}

function checked(value: unknown): RecordCondition | undefined {
  const parsed = RecordCondition.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

function term(condition: RecordCondition): string {
  switch (condition.field) {
    case "text":
      return `${condition.in === undefined ? "" : `${condition.in}:`}${quoted(condition.value)}`;
    case "edited":
      return "is:edited";
    case "metadata":
      return `${METADATA}${metadataName(condition.key)}:${condition.values.map(quoted).join(",")}`;
    case "id":
    case "status":
    case "tag":
    case "verdict":
    case "format":
    case "duplicate":
    case "same-as":
    case "contamination":
    case "source":
    case "task":
    case "gold":
      return `${condition.field}:${condition.values.map((value) => quoted(String(value))).join(",")}`;
    default: {
      const { field, min, max } = condition;
      if (min === max && min !== undefined) return `${field}:${min}`;
      return `${field}:${min ?? ""}..${max ?? ""}`;
    }
  }
}

function metadataName(key: string): string {
  return /^[^\s:",\\]+$/u.test(key) ? key : `"${key.replaceAll(/["\\]/g, "\\$&")}"`;
}

function quoted(value: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.+*/=-]*$/u.test(value)
    ? value
    : `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
}

function isOneOf<const T extends string>(options: readonly T[], value: string): value is T {
  return options.some((option) => option === value);
}
