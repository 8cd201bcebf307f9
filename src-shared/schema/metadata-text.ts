/**
 * A value of a record's metadata as a person reads and types it: texts as they are, everything else as JSON. What would
 * be read as something else (the text 12) stands in quotes, so that reading gives back what was written.
 */

/** The value in one line of text. */
export function metadataText(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "null";
  return isJson(value) || value.trim() !== value || value === "" ? JSON.stringify(value) : value;
}

/** The typed text as JSON; numbers keep the digits that were typed. */
export function metadataJson(text: string): string {
  const typed = text.trim();
  return isJson(typed) ? typed : JSON.stringify(text);
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
