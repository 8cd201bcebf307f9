/** Which part of a text each of its tokens stands for, found by matching the tokens' bytes against the text's. */
import type { Tokenizer } from "./tokenizer.ts";

/** First byte and the byte after the last, in the text's UTF-8 form. */
export type ByteSpan = readonly [number, number];

/**
 * GPT-2's printable stand-ins of the 256 bytes, as byte-level vocabularies spell them:
 * printable Latin-1 characters are themselves, the others are counted up from U+0100.
 */
function buildByteOfCharacter(): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    bytes.set(String.fromCharCode(printable ? byte : next++), byte);
  }
  return bytes;
}

const byteOfCharacter = buildByteOfCharacter();
const utf8 = new TextEncoder();

/** The byte sequences that a token can stand for, by the spellings of byte-level, SentencePiece and word vocabularies. */
export function spellingsOf(tokenizer: Tokenizer, id: number): readonly Uint8Array[] {
  const token = tokenizer.tokenOf(id);
  if (token === undefined) return [];
  if (tokenizer.isAdded(id)) return [utf8.encode(token)];
  const hex = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1];
  if (hex !== undefined) return [Uint8Array.of(Number.parseInt(hex, 16))];
  const spellings: Uint8Array[] = [];
  const bytes = Array.from(token, (character) => byteOfCharacter.get(character));
  if (bytes.every((byte) => byte !== undefined)) spellings.push(Uint8Array.from(bytes));
  spellings.push(utf8.encode(token.replaceAll("\u2581", " ")));
  return spellings;
}

function startsWith(text: Uint8Array, at: number, bytes: Uint8Array): boolean {
  if (at + bytes.length > text.length) return false;
  return bytes.every((byte, i) => text[at + i] === byte);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}

/**
 * The bytes of `text` that each token covers, or undefined where the tokens do not spell the text
 * (a normalizer changed it, or a token is unknown). White space that no token covers is passed over.
 */
export function tokenSpans(
  tokenizer: Tokenizer,
  text: string,
  ids: readonly number[],
): ByteSpan[] | undefined {
  const bytes = utf8.encode(text);
  const spans: ByteSpan[] = [];
  let at = 0;
  for (const id of ids) {
    const spellings = spellingsOf(tokenizer, id);
    // A space that the tokenizer put before the text itself stands for nothing in it.
    const unprefixed =
      at === 0
        ? spellings.filter(([first]) => first === 0x20).map((spelling) => spelling.subarray(1))
        : [];
    let found = [...spellings, ...unprefixed].find((spelling) => startsWith(bytes, at, spelling));
    while (found === undefined && isSpace(bytes[at])) {
      at += 1;
      found = spellings.find((spelling) => startsWith(bytes, at, spelling));
    }
    if (found === undefined) return undefined;
    spans.push([at, at + found.length]);
    at += found.length;
  }
  while (isSpace(bytes[at])) at += 1;
  return at === bytes.length ? spans : undefined;
}
