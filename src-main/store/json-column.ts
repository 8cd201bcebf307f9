/**
 * JSON kept in a column: read through the schema that it was written by. What an older version wrote and this one no
 * longer knows (an option that was withdrawn) is left out, so that old pipelines stay readable; everything else that
 * does not fit is an error.
 */
import type { z } from "zod";

export function readJson<T>(
  schema: z.ZodType<T>,
  text: string,
  parse: (text: string) => unknown = JSON.parse,
): T {
  const value = parse(text);
  const first = schema.safeParse(value);
  if (first.success) return first.data;
  for (const issue of first.error.issues) {
    if (issue.code === "unrecognized_keys") removeKeys(value, issue.path, issue.keys);
  }
  return schema.parse(value);
}

export function readJsonOrNull<T>(schema: z.ZodType<T>, text: string | null): T | null {
  return text === null ? null : readJson(schema, text);
}

export function writeJsonOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

function removeKeys(root: unknown, path: readonly PropertyKey[], keys: readonly string[]): void {
  let at: unknown = root;
  for (const key of path) at = isObject(at) ? Reflect.get(at, key) : undefined;
  if (isObject(at)) for (const key of keys) Reflect.deleteProperty(at, key);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
