/** The form's fields, out of the recipe's own schema: an option that is added there appears here. */
import { z } from "zod";
import { Stage } from "#shared/schema/recipe.ts";
import type { StageKind } from "#shared/schema/recipe.ts";
import { OTHER_DEFAULTS } from "#shared/schema/trl-defaults.ts";
import type { OtherDefault } from "#shared/schema/trl-defaults.ts";
import { GROUPS, optionText } from "./option-catalogue.ts";
import type { Group } from "./option-catalogue.ts";
import type { Json } from "../document/plain-value.ts";

export type FieldType =
  | { readonly kind: "number"; readonly whole: boolean }
  | { readonly kind: "boolean" }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | { readonly kind: "text" }
  /** Some of these, in a list. */
  | { readonly kind: "list"; readonly values: readonly string[] }
  /** Edited as YAML only. */
  | { readonly kind: "other" };

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** What counts where nothing is written; undefined where something must be, or nothing is meant. */
  readonly fallback: Json | undefined;
  readonly required: boolean;
  readonly line: string;
  /** TRL's default, where it is another, and why. */
  readonly other?: OtherDefault;
}

/** What has a place of its own in the form. */
const ELSEWHERE = new Set(["name", "kind", "model", "teacher", "data", "rewards", "twin"]);

const byKind = new Map<StageKind, readonly Field[]>();

export function fieldsOf(kind: StageKind): readonly Field[] {
  const known = byKind.get(kind);
  if (known !== undefined) return known;
  const schema = Stage.options.find((option) => option.shape.kind.value === kind);
  const fields = Object.entries(schema?.shape ?? {})
    .filter(([name]) => !ELSEWHERE.has(name))
    .map(([name, type]) => withOther(kind, fieldOf(name, type, kind)));
  byKind.set(kind, fields);
  return fields;
}

/** Fields by their group, groups in the catalogue's order, empty ones left out. */
export function fieldGroups(
  kind: StageKind,
): readonly { readonly group: Group; readonly fields: readonly Field[] }[] {
  const fields = fieldsOf(kind);
  return GROUPS.map((group) => ({
    group,
    fields: fields.filter(({ name }) => optionText(name, kind).group === group),
  })).filter((one) => one.fields.length > 0);
}

/** Of stages that TRL has a trainer for, and of options that must be said only where they must. */
function withOther(kind: StageKind, field: Field): Field {
  const other = OTHER_DEFAULTS[`${kind}.${field.name}`] ?? OTHER_DEFAULTS[field.name];
  const isTrl = kind === "sft" || kind === "grpo" || kind === "distill";
  if (other === undefined || !isTrl || (field.name === "max_steps" && !field.required))
    return field;
  return { ...field, other };
}

function fieldOf(name: string, schema: unknown, kind: StageKind): Field {
  const { line } = optionText(name, kind);
  if (schema instanceof z.ZodDefault) {
    const fallback = z.json().parse(schema.def.defaultValue);
    return { name, type: typeOf(schema.unwrap()), fallback, required: false, line };
  }
  if (schema instanceof z.ZodOptional)
    return { name, type: typeOf(schema.unwrap()), fallback: undefined, required: false, line };
  return { name, type: typeOf(schema), fallback: undefined, required: true, line };
}

function typeOf(schema: unknown): FieldType {
  if (schema instanceof z.ZodNullable) return typeOf(schema.unwrap());
  if (schema instanceof z.ZodNumber) return { kind: "number", whole: schema.isInt };
  if (schema instanceof z.ZodBoolean) return { kind: "boolean" };
  if (schema instanceof z.ZodEnum) return { kind: "choice", values: schema.options.map(String) };
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodEnum)
    return { kind: "list", values: schema.element.options.map(String) };
  return schema instanceof z.ZodString ? { kind: "text" } : { kind: "other" };
}
