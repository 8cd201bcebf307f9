/**
 * Added tokens found in a text: the longest one at the first place where one stands, then on from its end. The rules
 * are those of the Rust library (tokenizers, added_vocabulary.rs): a `single_word` token is passed over where a word
 * character touches it, `lstrip` and `rstrip` take the white space beside it along.
 */

export interface AddedToken {
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized?: boolean | undefined;
  readonly special: boolean;
}

/** A part of a text: an added token, by its content in the vocabulary, or text between two of them. */
export interface Piece {
  readonly text: string;
  readonly token?: string;
}

interface TrieNode {
  readonly next: Map<string, TrieNode>;
  token?: AddedToken;
}

/** \w of Rust's regular expressions (UTS #18). */
const WORD = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]";
const ENDS_IN_WORD = new RegExp(`${WORD}$`, "u");
const BEGINS_WITH_WORD = new RegExp(`^${WORD}`, "u");
const SPACE = /^\p{White_Space}$/u;

export class AddedTokenSplitter {
  readonly #root: TrieNode = { next: new Map() };

  /** @param spelled how a token's content stands in the texts that are split */
  constructor(
    tokens: readonly AddedToken[],
    spelled: (content: string) => string = (text) => text,
  ) {
    for (const token of tokens) {
      let node = this.#root;
      for (const unit of spelled(token.content)) {
        const known = node.next.get(unit);
        const child = known ?? { next: new Map() };
        if (known === undefined) node.next.set(unit, child);
        node = child;
      }
      if (node !== this.#root) node.token = token;
    }
  }

  /** The parts in order; none is empty. */
  split(text: string): readonly Piece[] {
    const pieces: Piece[] = [];
    let done = 0;
    let at = 0;
    while (at < text.length) {
      const match = this.#longestAt(text, at);
      if (match === undefined) {
        at += 1;
        continue;
      }
      const { token, end } = match;
      at = end;
      if (token.single_word && touchesWord(text, match.start, end)) continue;
      const from = token.lstrip ? spaceBefore(text, match.start, done) : match.start;
      const to = token.rstrip ? spaceAfter(text, end) : end;
      if (done < from) pieces.push({ text: text.slice(done, from) });
      pieces.push({ text: text.slice(from, to), token: token.content });
      done = to;
      at = Math.max(at, to);
    }
    if (done < text.length) pieces.push({ text: text.slice(done) });
    return pieces;
  }

  #longestAt(
    text: string,
    start: number,
  ): { readonly token: AddedToken; readonly start: number; readonly end: number } | undefined {
    let node = this.#root;
    let found: { token: AddedToken; start: number; end: number } | undefined;
    for (let end = start; end < text.length;) {
      const unit = String.fromCodePoint(text.codePointAt(end) ?? 0);
      const child = node.next.get(unit);
      if (child === undefined) break;
      node = child;
      end += unit.length;
      if (node.token !== undefined) found = { token: node.token, start, end };
    }
    return found;
  }
}

function touchesWord(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 2), start);
  const after = text.slice(end, end + 2);
  return ENDS_IN_WORD.test(before) || BEGINS_WITH_WORD.test(after);
}

/** Where the white space before `start` begins, not before `least`. */
function spaceBefore(text: string, start: number, least: number): number {
  let at = start;
  while (at > least && SPACE.test(text.charAt(at - 1))) at -= 1;
  return at;
}

function spaceAfter(text: string, end: number): number {
  let at = end;
  while (at < text.length && SPACE.test(text.charAt(at))) at += 1;
  return at;
}
