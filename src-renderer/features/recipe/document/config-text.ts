/** A map of options on one line, as it is typed: with its braces or without. */
import { parse } from "yaml";
import { isMap } from "./plain-value.ts";
import type { Json } from "./plain-value.ts";

/** Undefined where the text is no map. */
export function configIn(text: string): Json | undefined {
  const inner = text.trim().replace(/^\{|\}$/gu, "");
  try {
    const read = parse(`{${inner}}`) as Json;
    // "max_terms" alone would be read as an option without a value.
    return isMap(read) && Object.values(read).every((value) => value !== null) ? read : undefined;
  } catch {
    return undefined;
  }
}
