/** Right answers as files give them: text, numbers as they were written, or the end of a worked solution. */
import type { WrittenNumbers } from "#main/core/tables/source-row.ts";
import { numberText } from "#main/core/tables/source-row.ts";
import { lastBoxed } from "#main/core/verifiers/maths/extraction/boxes.ts";

/** The right answer as text; null where the value is none that can be compared with. */
export function goldText(value: unknown, place: string, numbers: WrittenNumbers): string | null {
  if (typeof value === "string") return value.trim() === "" ? null : value;
  if (typeof value === "number") return numberText(value, place, numbers);
  if (typeof value === "boolean") return String(value);
  // Several right answers cannot be told from the parts of one, so only a list of one is an answer.
  if (!Array.isArray(value) || value.length !== 1) return null;
  const [only]: unknown[] = value;
  return Array.isArray(only) ? null : goldText(only, `${place}/0`, numbers);
}

/**
 * The answer at the end of a worked text: GSM8K's "#### 15", else what stands in answer tags at its end, else the last
 * \boxed{…} with those listed beside it, else MATH's \boxed 5 and \fbox{5}. Null: there is none.
 * GSM8K: Cobbe et al., "Training verifiers to solve math word problems", 2021.
 */
export function finalAnswer(text: string): string | null {
  const end = text.trimEnd();
  const last = end.slice(end.lastIndexOf("\n") + 1);
  return markedAnswer(last) ?? taggedAnswer(end) ?? lastBoxed(text) ?? lastBox(text);
}

/** What follows #### at the end of a line; null where the line has no mark, or nothing after it. */
function markedAnswer(line: string): string | null {
  const at = line.lastIndexOf("####");
  // "##### Step 5" is a heading of Markdown.
  if (at === -1 || !/(?:^|\s)$/u.test(line.slice(0, at))) return null;
  return line.slice(at + 4).trim() || null;
}

/** Whether a text's last line has GSM8K's mark, with an answer after it or not. */
export function lastLineIsMarked(text: string): boolean {
  const end = text.trimEnd();
  return /(?:^|\s)####(?!#)[^#]*$/u.test(end.slice(end.lastIndexOf("\n") + 1));
}

function taggedAnswer(text: string): string | null {
  const [open, close] = ["<answer>", "</answer>"];
  if (!text.endsWith(close)) return null;
  const at = text.lastIndexOf(open);
  return at === -1 ? null : text.slice(at + open.length, -close.length).trim() || null;
}

const BOX = /\\(?:boxed|fbox)\s*(?:\{|(?=[^\s{]))/gu;

function lastBox(text: string): string | null {
  const last = [...text.matchAll(BOX)].at(-1);
  if (last === undefined) return null;
  const start = last.index + last[0].length;
  // Hendrycks's MATH has "\boxed 5" too: what stands up to the next dollar.
  if (!last[0].endsWith("{")) return text.slice(start).split(/[$\n]/u, 1)[0]?.trim() || null;
  let depth = 1;
  for (let i = start; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return text.slice(start, i).trim() || null;
  }
  return null;
}
