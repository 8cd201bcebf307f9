/** A verifier's options: read by its schema once for each record of them, and refused in words. */
import type { z } from "zod";
import type { JsonValue } from "#shared/schema/json-value.ts";
import type { Judged } from "./verifier.ts";

type Written = Readonly<Record<string, JsonValue>>;
export type ReadOptions<T> = { readonly options: T } | { readonly refusal: string };

/** A reader of options. Never throws. A record that was read stays read. */
export function optionsReader<T>(
  schema: z.ZodType<T> & { readonly shape: Readonly<Record<string, unknown>> },
): (written: Written) => ReadOptions<T> {
  const read = new WeakMap<Written, ReadOptions<T>>();
  return (written) => {
    const known = read.get(written);
    if (known !== undefined) return known;
    const parsed = schema.safeParse(written);
    const result = parsed.success
      ? { options: parsed.data }
      : { refusal: inWords(parsed.error, Object.keys(schema.shape)) };
    read.set(written, result);
    return result;
  };
}

/** What a verifier makes of a gold and its options, kept while the problem is: a group's completions share it. */
export function readOnce<T>(read: (judged: Judged) => T): (judged: Judged) => T {
  const known = new WeakMap<Judged, { readonly value: T }>();
  return (judged) => {
    const kept = known.get(judged);
    if (kept !== undefined) return kept.value;
    const value = read(judged);
    known.set(judged, { value });
    return value;
  };
}

function inWords(error: z.ZodError, names: readonly string[]): string {
  const [issue] = error.issues;
  if (issue === undefined) return "The options cannot be read.";
  if (issue.code === "unrecognized_keys" && issue.path.length === 0)
    return `There is no option ${issue.keys.join(", ")}; there are ${names.join(", ")}.`;
  return `The option ${issue.path.join(".")} cannot be read: ${issue.message}.`;
}
