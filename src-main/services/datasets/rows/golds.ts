/** Right answers as files give them: text, numbers as they were written, or the end of a worked solution. */
import type { WrittenNumbers } from "#main/core/tables/source-row.ts";
import { numberText } from "#main/core/tables/source-row.ts";

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
 * The answer at the end of a worked text: GSM8K's last line "#### 15", else the last \boxed{…}. Null: there is none.
 * GSM8K: Cobbe et al., "Training verifiers to solve math word problems", 2021.
 */
export function finalAnswer(text: string): string | null {
  const last = text.trimEnd().split("\n").at(-1) ?? "";
  const marked = /^####\s*(\S.*)$/.exec(last)?.[1];
  return marked ?? lastBox(text);
}

function lastBox(text: string): string | null {
  const box = String.raw`\boxed{`;
  const at = text.lastIndexOf(box);
  if (at === -1) return null;
  const start = at + box.length;
  let depth = 1;
  for (let i = start; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return text.slice(start, i).trim() || null;
  }
  return null;
}
