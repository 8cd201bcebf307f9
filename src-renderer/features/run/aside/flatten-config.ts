/** A stage's options as lines: nested options by dotted names, lists on one line. Pure. */

export interface ConfigEntry {
  readonly key: string;
  readonly value: string;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => textOf(item)).join(", ");
  if (!isRecord(value)) return typeof value === "string" ? value : JSON.stringify(value);
  // A named thing with options, e.g. a reward with its weight.
  const { name, weight, ...rest } = value;
  const options = Object.entries(rest).map(([key, item]) => `${key} ${textOf(item)}`);
  const first = [name, weight].filter((item) => item !== undefined).map((item) => textOf(item));
  return [...first, ...options].join(" ");
}

export function flattenConfig(config: object, prefix = ""): readonly ConfigEntry[] {
  return Object.entries(config).flatMap(([key, value]: [string, unknown]) => {
    if (value === undefined) return [];
    if (isRecord(value)) return flattenConfig(value, `${prefix}${key}.`);
    return [{ key: `${prefix}${key}`, value: textOf(value) }];
  });
}
