/** Values as JSON holds them, and copies of them with one place changed. Pure. */
import type { z } from "zod";

export type Json = z.infer<ReturnType<typeof z.json>>;
export type JsonMap = { [key: string]: Json };
/** Keys of maps and positions of lists. */
export type Keys = readonly (string | number)[];

export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function getValue(value: Json | undefined, keys: Keys): Json | undefined {
  let at = value;
  for (const key of keys) {
    if (Array.isArray(at) && typeof key === "number") at = at[key];
    else if (isMap(at) && Object.hasOwn(at, key)) at = at[key];
    else return undefined;
  }
  return at;
}

/** What is there as text; nothing where it is a list, a map or not there. */
export function textAt(value: Json | undefined, keys: Keys): string {
  const found = getValue(value, keys);
  return typeof found === "string" || typeof found === "number" ? String(found) : "";
}

/** A copy with `item` at `keys`; maps on the way are made where there are none. */
export function withValue(value: Json, keys: Keys, item: Json): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return item;
  if (Array.isArray(value) && typeof key === "number") {
    const copy = [...value];
    copy[key] = withValue(copy[key] ?? {}, rest, item);
    return copy;
  }
  const map = isMap(value) ? value : {};
  return { ...map, [key]: withValue(map[key] ?? {}, rest, item) };
}

/** A copy without what is at `keys`. */
export function withoutKeys(value: Json, keys: Keys): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (Array.isArray(value) && typeof key === "number")
    return rest.length === 0
      ? value.filter((_, at) => at !== key)
      : value.map((item, at) => (at === key ? withoutKeys(item, rest) : item));
  if (!isMap(value) || !Object.hasOwn(value, key)) return value;
  if (rest.length === 0)
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== String(key)));
  return { ...value, [key]: withoutKeys(value[key] ?? {}, rest) };
}
