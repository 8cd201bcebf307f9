/** What changed between two texts, word by word; by lines where the texts are long or have little in common. Pure. */
import { diffLines, diffWordsWithSpace } from "diff";
import type { Change } from "diff";

export interface DiffPart {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
}

export interface TextDiff {
  readonly parts: readonly DiffPart[];
  /** coarse: whole lines, since words took too long; whole: the one text is put in place of the other. */
  readonly grain: "words" | "lines" | "whole";
  readonly wordsAdded: number;
  readonly wordsRemoved: number;
}

/** Longest comparison, per grain: a keypress waits for it. */
const TIME_LIMIT_MS = 40;
/** Past this many characters words are not tried. */
const WORDS_LIMIT = 200_000;

function kindOf(change: Change): DiffPart["kind"] {
  if (change.added) return "added";
  return change.removed ? "removed" : "same";
}

function wordCount(parts: readonly DiffPart[], kind: DiffPart["kind"]): number {
  return parts
    .filter((part) => part.kind === kind)
    .reduce((count, part) => count + (part.text.match(/\S+/gu)?.length ?? 0), 0);
}

function diffOf(parts: readonly DiffPart[], grain: TextDiff["grain"]): TextDiff {
  return {
    parts,
    grain,
    wordsAdded: wordCount(parts, "added"),
    wordsRemoved: wordCount(parts, "removed"),
  };
}

/** How `before` became `after`. */
export function diffTexts(before: string, after: string): TextDiff {
  if (before === after) {
    return diffOf(after === "" ? [] : [{ kind: "same", text: after }], "words");
  }
  const limits = { timeout: TIME_LIMIT_MS };
  const words =
    before.length + after.length <= WORDS_LIMIT
      ? diffWordsWithSpace(before, after, limits)
      : undefined;
  const changes = words ?? diffLines(before, after, limits);
  if (changes !== undefined) {
    return diffOf(
      changes.map((change) => ({ kind: kindOf(change), text: change.value })),
      words === undefined ? "lines" : "words",
    );
  }
  const whole: readonly DiffPart[] = [
    { kind: "removed", text: before },
    { kind: "added", text: after },
  ];
  return diffOf(
    whole.filter(({ text }) => text !== ""),
    "whole",
  );
}

/**
 * Divides a comparison at places of the newer text, e.g. where its steps begin. What was removed stands
 * in the piece in which it would have stood.
 * @param ends where each piece ends in the newer text, rising; the last takes the rest
 */
export function divideDiff(
  parts: readonly DiffPart[],
  ends: readonly number[],
): readonly (readonly DiffPart[])[] {
  const pieces: DiffPart[][] = ends.map(() => []);
  let piece = 0;
  let at = 0;
  for (const part of parts) {
    if (part.kind === "removed") {
      pieces[piece]?.push(part);
      continue;
    }
    let rest = part.text;
    while (rest !== "") {
      const end = piece === ends.length - 1 ? Number.POSITIVE_INFINITY : (ends[piece] ?? at);
      const take = Math.min(rest.length, end - at);
      if (take > 0) pieces[piece]?.push({ kind: part.kind, text: rest.slice(0, take) });
      rest = rest.slice(take);
      at += take;
      if (at >= end) piece += 1;
    }
  }
  return pieces;
}
