/** The sources of a stage's data as a list, whatever way they are written, and that list with one of them changed. Pure. */
import { isMap } from "./plain-value.ts";
import type { Json, JsonMap, Keys } from "./plain-value.ts";

export interface SourcePlace {
  readonly keys: Keys;
  readonly source: Json;
}

/** One for each source; a source that stands alone is a list of one. */
export function sourcesAt(data: Json | undefined, keys: Keys): readonly SourcePlace[] {
  if (data === undefined) return [];
  if (!Array.isArray(data)) return [{ keys, source: data }];
  return data.map((source, at) => ({ keys: [...keys, at], source }));
}

/** A task or a problem set, and no dataset or stage. */
export function isProblemSource(source: Json): boolean {
  return isMap(source) && ("task" in source || "problems" in source);
}

function listOf(data: Json | undefined): readonly Json[] {
  if (data === undefined) return [];
  return Array.isArray(data) ? data : [data];
}

export function withSource(data: Json | undefined, source: JsonMap): Json {
  return [...listOf(data), source];
}

/** A last source that is left stands alone, and needs no weight. */
export function withoutSource(data: Json | undefined, at: number): Json {
  const left = listOf(data).filter((_, index) => index !== at);
  const [only] = left;
  if (left.length !== 1 || only === undefined || !isMap(only)) return [...left];
  const { weight: _, ...alone } = only;
  return alone;
}

/** @param by −1 or 1 */
export function withSourceMoved(data: Json | undefined, at: number, by: number): Json {
  const list = [...listOf(data)];
  const moved = list[at];
  if (moved === undefined || list[at + by] === undefined) return list;
  list.splice(at, 1);
  list.splice(at + by, 0, moved);
  return list;
}

interface KnownTask {
  readonly name: string;
  /** None: the task has a config instead. */
  readonly difficulties: readonly number[];
}

/** A source with another task: with the difficulties that it had where the new task has them too, else some of its own. */
export function sourceOf(
  task: string,
  known: readonly KnownTask[],
  before: Json | undefined,
): JsonMap {
  const had = isMap(before) ? before : {};
  const rest = had["weight"] === undefined ? {} : { weight: had["weight"] };
  const has = known.find(({ name }) => name === task)?.difficulties;
  if (has?.length === 0) return { task, config: {}, ...rest };
  const kept = had["difficulties"];
  const fits = Array.isArray(kept) && kept.every((one) => has?.includes(Number(one)) !== false);
  return { task, difficulties: fits ? kept : [...(has ?? [3]).slice(0, 3)], ...rest };
}
