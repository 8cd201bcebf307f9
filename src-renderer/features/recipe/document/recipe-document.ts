/**
 * A recipe's text and its value, in both directions. An edit of the form replaces the few characters that say it:
 * comments, order, quotes and blank lines stay as the person wrote them. Where that cannot be done (flow style, shared
 * anchors), the document is changed and written anew, comments kept. Either way the result is read again and compared
 * with what was asked, so an edit does what it says or throws. Pure.
 */
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  stringify,
  visit,
} from "yaml";
import { z } from "zod";
import type { Document, Node, Pair, Scalar, YAMLMap } from "yaml";
import { getValue, withoutKeys, withValue } from "./plain-value.ts";
import type { Json, Keys } from "./plain-value.ts";

export interface RecipeText {
  /** undefined while the text is no YAML. */
  readonly value: Json | undefined;
  /** What the parser says, and where. */
  readonly error: { readonly message: string; readonly offset: number } | undefined;
  /** How a scalar is written: 1e-5 is not 0.00001. undefined where it is written nowhere by itself. */
  readonly source: (keys: Keys) => string | undefined;
}

function parse(text: string): Document {
  // With uniqueKeys the parser compares each key with all before it: minutes for 30,000 of them.
  return parseDocument(text, { merge: true, prettyErrors: false, uniqueKeys: false });
}

/** The second of two equal keys of a map. */
function repeatedKey(document: Document): Scalar | undefined {
  let repeated: Scalar | undefined;
  visit(document, {
    Map: (_, map) => {
      const known = new Set<unknown>();
      for (const { key } of map.items) {
        const isMerge = isScalar(key) && (key.value === "<<" || typeof key.value === "symbol");
        if (!isScalar(key) || isMerge) continue;
        if (known.has(key.value)) repeated ??= key;
        known.add(key.value);
      }
      return repeated === undefined ? undefined : visit.BREAK;
    },
  });
  return repeated;
}

export function readText(text: string): RecipeText {
  const broken = (message: string, offset: number): RecipeText => ({
    value: undefined,
    error: { message, offset },
    source: () => undefined,
  });
  let document: Document;
  let value: Json;
  try {
    document = parse(text);
    const [error] = document.errors;
    if (error !== undefined) return broken(error.message, error.pos[0]);
    const repeated = repeatedKey(document);
    if (repeated !== undefined) {
      return broken(`The key ${String(repeated.value)} stands twice.`, repeated.range?.[0] ?? 0);
    }
    value = valueOf(document);
  } catch (error) {
    // Aliases without end, << on what is no map, a nesting without bottom: the host's check says where.
    return broken(error instanceof Error ? error.message : String(error), 0);
  }
  return {
    value,
    error: undefined,
    source: (keys) => {
      const node: unknown = document.getIn(keys, true);
      return isScalar(node) ? node.source : undefined;
    },
  };
}

function valueOf(document: Document): Json {
  // YAML of the core schema holds what JSON holds, and infinity besides, which no option takes.
  const parsed = z.json().safeParse(document.toJS({ maxAliasCount: 100 }));
  return parsed.success ? parsed.data : null;
}

/** The text with a value set. `written` is how a number was typed, e.g. "1e-5". */
export function setKeys(text: string, keys: Keys, value: Json, written?: string): string {
  const document = parse(text);
  const wanted = withValue(valueOf(document), keys, value);
  return firstThatSays(wanted, [
    () => replaceInPlace(text, document, keys, value, written),
    () => insertKey(text, document, keys, value, written),
    () => {
      document.setIn(keys, document.createNode(value));
      return document.toString({ lineWidth: 0 });
    },
    () => withoutAnchors(text, keys, wanted),
  ]);
}

/** The text without a key, so that its default counts. */
export function removeKeys(text: string, keys: Keys): string {
  const document = parse(text);
  if (!document.hasIn(keys)) return text;
  return firstThatSays(withoutKeys(valueOf(document), keys), [
    () => cutKey(text, document, keys),
    () => {
      document.deleteIn(keys);
      return document.toString({ lineWidth: 0 });
    },
    () => withoutAnchors(text, keys, withoutKeys(valueOf(document), keys)),
  ]);
}

/** Where others share what is changed, each of them says it for itself from now on. */
function withoutAnchors(text: string, keys: Keys, wanted: Json): string | undefined {
  const [top] = keys;
  if (top === undefined) return undefined;
  const document = parse(text);
  document.set(top, document.createNode(getValue(wanted, [top])));
  return document.toString({ lineWidth: 0 });
}

/** Several edits as one. */
export function applyChanges(
  text: string,
  changes: readonly { readonly keys: Keys; readonly value: Json }[],
): string {
  return changes.reduce((now, { keys, value }) => setKeys(now, keys, value), text);
}

/** The first attempt whose text reads as `wanted`. */
export function firstThatSays(
  wanted: Json,
  attempts: readonly (() => string | undefined)[],
): string {
  const target = JSON.stringify(sorted(wanted));
  for (const attempt of attempts) {
    const result = attempt();
    if (result === undefined) continue;
    const { value } = readText(result);
    if (value !== undefined && JSON.stringify(sorted(value)) === target) return result;
  }
  throw new Error("the text cannot be made to say this");
}

/** Order of keys is no part of what a text says. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/** Offsets of a node's text, without what follows it. */
export function extentOf(node: Node): readonly [number, number] | undefined {
  const { range } = node;
  return range === null || range === undefined ? undefined : [range[0], range[1]];
}

/** A value in one line, as it stands after a key. */
export function oneLine(value: Json, written?: string): string {
  if (written !== undefined) return written;
  return stringify(value, {
    collectionStyle: "flow",
    lineWidth: 0,
    flowCollectionPadding: true,
  })
    .trimEnd()
    .replace(/^\[ (.*) \]$/u, "[$1]")
    .replaceAll(/: \[ ([^[\]{}]*) \]/gu, ": [$1]");
}

function replaceInPlace(
  text: string,
  document: Document,
  keys: Keys,
  value: Json,
  written: string | undefined,
): string | undefined {
  const node: unknown = document.getIn(keys, true);
  if (!isNode(node) || isAlias(node)) return undefined;
  const extent = extentOf(node);
  if (extent === undefined) return undefined;
  const [start, end] = extent;
  if (isCollection(node) && node.flow !== true) return replaceBlock(text, document, keys, value);
  // The text of a block scalar and its line's end belong together.
  const tail = isScalar(node) && text.slice(start, end).endsWith("\n") ? "\n" : "";
  return `${text.slice(0, start)}${oneLine(value, written)}${tail}${text.slice(end)}`;
}

/** A block of lines under a key: lists of maps stay one item a line, everything else becomes one line. */
function replaceBlock(
  text: string,
  document: Document,
  keys: Keys,
  value: Json,
): string | undefined {
  const pair = pairAt(document, keys);
  const extent = pair === undefined ? undefined : pairExtent(text, pair);
  if (pair === undefined || extent === undefined) return undefined;
  const [start, end] = extent;
  const indent = " ".repeat(columnOf(text, start));
  return `${text.slice(0, start)}${lineOf(keyText(pair), value, indent)}${text.slice(end)}`;
}

function lineOf(key: string, value: Json, indent: string): string {
  if (Array.isArray(value) && value.length > 0 && value.every((item) => isMapValue(item)))
    return [`${key}:`, ...value.map((item) => `${indent}  - ${oneLine(item)}`)].join("\n");
  return `${key}: ${oneLine(value)}`;
}

function isMapValue(value: Json): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A new key after the last of its map. */
function insertKey(
  text: string,
  document: Document,
  keys: Keys,
  value: Json,
  written: string | undefined,
): string | undefined {
  const key = keys.at(-1);
  const parent: unknown =
    keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
  if (typeof key !== "string" || !isMap(parent) || parent.has(key)) return undefined;
  const last = parent.items.at(-1);
  const lastEnd = last === undefined ? undefined : pairExtent(text, last)?.[1];
  if (last === undefined || lastEnd === undefined) return undefined;
  const entry = `${oneLine(key)}: ${oneLine(value, written)}`;
  if (parent.flow === true) return `${text.slice(0, lastEnd)}, ${entry}${text.slice(lastEnd)}`;
  const start = pairExtent(text, parent.items[0] ?? last)?.[0] ?? 0;
  const indent = " ".repeat(columnOf(text, start));
  const lineEnd = endOfLine(text, lastEnd);
  const body = written === undefined ? lineOf(oneLine(key), value, indent) : entry;
  return `${text.slice(0, lineEnd)}\n${indent}${body}${text.slice(lineEnd)}`;
}

function cutKey(text: string, document: Document, keys: Keys): string | undefined {
  const pair = pairAt(document, keys);
  const parent: unknown =
    keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
  const extent = pair === undefined ? undefined : pairExtent(text, pair);
  if (pair === undefined || extent === undefined || !isMap(parent)) return undefined;
  const place = parent.items.indexOf(pair);
  if (parent.flow === true) return cutFromFlow(text, parent, place);
  // A map's first key may stand behind a dash: its line cannot go.
  if (text.slice(startOfLine(text, extent[0]), extent[0]).trim() !== "") return undefined;
  const end = endOfLine(text, extent[1]);
  return `${text.slice(0, startOfLine(text, extent[0]))}${text.slice(Math.min(text.length, end + 1))}`;
}

function cutFromFlow(text: string, parent: YAMLMap, place: number): string | undefined {
  const at = (index: number): readonly [number, number] | undefined => {
    const pair = parent.items[index];
    return pair === undefined ? undefined : pairExtent(text, pair);
  };
  const [own, next, previous] = [at(place), at(place + 1), at(place - 1)];
  if (own === undefined) return undefined;
  if (next !== undefined) return `${text.slice(0, own[0])}${text.slice(next[0])}`;
  return previous === undefined ? undefined : `${text.slice(0, previous[1])}${text.slice(own[1])}`;
}

function pairAt(document: Document, keys: Keys): Pair | undefined {
  const key = keys.at(-1);
  const parent: unknown =
    keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  return parent.items.find((pair) => keyText(pair) === String(key));
}

function keyText(pair: Pair): string {
  return String(isScalar(pair.key) ? pair.key.value : pair.key);
}

/** From the key's first character to the last of the value that is no white space. */
function pairExtent(text: string, pair: Pair): readonly [number, number] | undefined {
  if (!isPair(pair) || !isNode(pair.key)) return undefined;
  const key = extentOf(pair.key);
  if (key === undefined) return undefined;
  const value = isNode(pair.value) ? extentOf(pair.value) : undefined;
  let end = Math.max(key[1], value?.[1] ?? 0);
  while (end > key[1] && /\s/u.test(text[end - 1] ?? "")) end -= 1;
  return [key[0], end];
}

export function startOfLine(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

export function endOfLine(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at === -1 ? text.length : at;
}

function columnOf(text: string, offset: number): number {
  return offset - startOfLine(text, offset);
}

/** Where a key stands in the text, for the editor's selection; where it is not written, its nearest parent. */
export function offsetOf(text: string, keys: Keys): number | undefined {
  const document = parse(text);
  for (let length = keys.length; length > 0; length -= 1) {
    const pair = pairAt(document, keys.slice(0, length));
    if (pair !== undefined && isNode(pair.key)) return extentOf(pair.key)?.[0];
    const node: unknown = document.getIn(keys.slice(0, length), true);
    if (isNode(node)) return extentOf(node)?.[0];
  }
  return undefined;
}

export function stagesNode(document: Document): { readonly items: readonly Node[] } | undefined {
  const node: unknown = document.get("stages", true);
  if (!isSeq(node) || node.flow === true) return undefined;
  return { items: node.items.filter((item): item is Node => isNode(item)) };
}

export { parse as parseText, valueOf };
