/**
 * What a list shows of a completion's text. The text is cut in SQLite, by bytes: characters are counted no further
 * than the first NUL there, and a model may write one.
 */
import type { ListedRollout } from "#shared/schema/metrics.ts";

/** Bytes of the excerpt, and of the end in which the answer is looked for. */
const BYTES = 4096;
/** Characters of an answer. */
const ANSWER = 200;

export interface ExcerptRow {
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly bytes: number;
}

export const EXCERPT_COLUMNS = `substr(CAST(r.completion AS BLOB), 1, ${BYTES}) AS head,
  substr(CAST(r.completion AS BLOB), -${BYTES}) AS tail, octet_length(r.completion) AS bytes`;

export function excerptOf({
  head,
  tail,
  bytes,
}: ExcerptRow): Pick<ListedRollout, "excerpt" | "isWhole" | "answer"> {
  const isWhole = bytes <= BYTES;
  // A character that the cut goes through is left out.
  const excerpt = new TextDecoder("utf-8", { ignoreBOM: true }).decode(head, { stream: !isWhole });
  const answer = answerIn(isWhole ? excerpt : tail.toString("utf8")) ?? answerIn(excerpt);
  return { excerpt, isWhole, answer: answer?.slice(0, ANSWER) ?? null };
}

/** What stands inside the last <answer>…</answer>, or undefined. */
function answerIn(text: string): string | undefined {
  const open = text.lastIndexOf("<answer>");
  if (open < 0) return undefined;
  const close = text.indexOf("</answer>", open);
  return close < 0 ? undefined : text.slice(open + "<answer>".length, close).trim();
}
