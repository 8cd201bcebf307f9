/** Numbers that are never given twice, whatever is deleted. */
import type { Connection } from "./database.ts";

/** The first of `count` fresh numbers, from 1. */
export function nextNumber(db: Connection, name: string, count = 1): number {
  const last = db
    .prepare<[string, number, number], number>(
      `INSERT INTO counters (name, value) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET value = value + ? RETURNING value`,
    )
    .pluck()
    .get(name, count, count);
  return (last ?? count) - count + 1;
}
