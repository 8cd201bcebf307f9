/** JSON kept in a column: read through the schema that it was written by. */
import type { z } from "zod";

export function readJson<T>(schema: z.ZodType<T>, text: string): T {
  return schema.parse(JSON.parse(text));
}

export function readJsonOrNull<T>(schema: z.ZodType<T>, text: string | null): T | null {
  return text === null ? null : readJson(schema, text);
}

export function writeJsonOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
