/** Names of records in a message. */

/** e.g. "record 3" or "records 3, 7, 9 and 12 more". */
export function recordNumbers({
  count,
  first,
}: {
  readonly count: number;
  readonly first: readonly number[];
}): string {
  const more = count - first.length;
  const named = first.join(", ");
  if (count === 1) return `record ${named}`;
  return `records ${named}${more > 0 ? ` and ${more} more` : ""}`;
}
