/** What is said of bytes that are not UTF-8. */
import { AppError } from "./errors.ts";

/** Node and browsers both have it; the shared code's own types know neither. */
declare const TextDecoder: new (
  label: string,
  options?: { readonly fatal: boolean },
) => { decode(bytes: Uint8Array, options?: { readonly stream: boolean }): string };

const utf8 = new TextDecoder("utf-8", { fatal: true });
/** The web's name for Latin-1 is Windows' superset of it, which files that are called Latin-1 mostly are. */
const latin1 = new TextDecoder("windows-1252");
const AROUND = 15;

/** Why the bytes are no text, after "line N": with the place, as Latin-1, where they look like that. */
export function notUtf8(bytes: Uint8Array): string {
  const at = firstBroken(bytes);
  const text = latin1.decode(bytes.subarray(Math.max(0, at - AROUND), at + AROUND));
  const before = Math.min(at, AROUND);
  if (!looksLikeText(text, before)) return "is not valid UTF-8";
  const excerpt = text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");
  return `is not UTF-8; it looks like Latin-1: …${excerpt}… Save the file as UTF-8.`;
}

/** The bytes of a whole file as text. Throws BAD_INPUT, with the line, where they are not UTF-8. */
export function textOfFile(name: string, bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    const line = bytes.subarray(0, firstBroken(bytes)).filter((byte) => byte === 0x0a).length + 1;
    throw new AppError(
      "BAD_INPUT",
      `${name} is no text in UTF-8: line ${line} ${notUtf8(bytes)}`,
      "Save the file as UTF-8 and import it again.",
      { cause: error },
    );
  }
}

/** A letter beside a letter, or a quotation mark, a dash or a sign beside a letter, a digit or a space. */
function looksLikeText(text: string, at: number): boolean {
  const [previous, character, next] = [text[at - 1] ?? "", text[at] ?? "", text[at + 1] ?? ""];
  if (/\p{L}/u.test(character)) return /[a-z]/i.test(previous) || /[a-z]/i.test(next);
  return /[‘’“”–—…€£§°²³·½¼«»±×÷]/u.test(character) && /[\w\s]/.test(`${previous}${next}`);
}

/** The first byte that UTF-8 does not allow where it stands. */
function firstBroken(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (good < bad) {
    const middle = (good + bad + 1) >> 1;
    if (beginsWell(bytes.subarray(0, middle))) good = middle;
    else bad = middle - 1;
  }
  // The last bytes may be the beginning of a character that does not go on.
  let at = good;
  while (at > 0 && at > good - 3 && ((bytes[at - 1] ?? 0) & 0x80) !== 0) {
    try {
      utf8.decode(bytes.subarray(0, at));
      break;
    } catch {
      at--;
    }
  }
  return at;
}

/** Whether these bytes could be the beginning of UTF-8. */
function beginsWell(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
