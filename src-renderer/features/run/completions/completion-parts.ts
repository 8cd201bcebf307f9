/** The parts of a completion: its text and the tags in it. Pure. */

/** Cuts text at <think>, </think>, <answer>, </answer>; tags are parts of their own. Offsets make stable keys. */
export function splitTags(
  text: string,
): readonly { readonly at: number; readonly text: string; readonly tag: boolean }[] {
  const parts: { at: number; text: string; tag: boolean }[] = [];
  let from = 0;
  for (const match of text.matchAll(/<\/?(?:think|answer)>/gu)) {
    if (match.index > from)
      parts.push({ at: from, text: text.slice(from, match.index), tag: false });
    parts.push({ at: match.index, text: match[0], tag: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ at: from, text: text.slice(from), tag: false });
  return parts;
}
