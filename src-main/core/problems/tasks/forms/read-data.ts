/**
 * Reads the fields of a problem's `data` back. Problems are made by the tasks themselves, so a field
 * of another shape is a bug and a plain Error.
 */
import type { JsonValue } from "#shared/schema/json-value.ts";

export function fieldOf(data: JsonValue, key: string): JsonValue {
  if (typeof data === "object" && data !== null) {
    for (const [name, value] of Object.entries(data)) if (name === key) return value;
  }
  throw new Error(`the problem's data has no ${key}`);
}

export function numberOf(value: JsonValue): number {
  if (typeof value !== "number") throw new Error("the problem's data has no number here");
  return value;
}

export function numbersOf(value: JsonValue): number[] {
  return itemsOf(value).map(numberOf);
}

export function stringOf(value: JsonValue): string {
  if (typeof value !== "string") throw new Error("the problem's data has no text here");
  return value;
}

export function stringsOf(value: JsonValue): string[] {
  return itemsOf(value).map(stringOf);
}

function itemsOf(value: JsonValue): JsonValue[] {
  if (typeof value !== "object" || value === null)
    throw new Error("the problem's data has no list here");
  return Object.values(value);
}
