/**
 * A recipe's text as a value, or what keeps it from being one, each with its place. Texts come from anywhere: aliases
 * that unfold to millions, nodes that hold themselves and texts of any length are told before they are followed.
 */
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Alias, Document, Node } from "yaml";

/** Characters; the longest recipe that ships has 6,000. */
const LONGEST = 1_000_000;
/** From here on parsing takes long enough to look for too many stages before. */
const LONG = 200_000;
/** Brackets that are open at once, and lists that begin within each other on a line: the parser goes down into each. */
const DEEPEST = 200;
/** Nodes that all aliases of a text together may stand for. */
const MOST_UNFOLDED = 10_000;
const MOST_STAGES = 256;

export interface YamlFault {
  readonly message: string;
  readonly advice: string | null;
  readonly offset: number;
}

export interface YamlReading {
  readonly document: Document;
  readonly lines: LineCounter;
  /** undefined where there are faults. */
  readonly value: unknown;
  readonly faults: readonly YamlFault[];
}

/** Never throws. */
export function readYaml(text: string): YamlReading {
  const lines = new LineCounter();
  const unread = unreadFault(text);
  if (unread !== undefined) return notParsed(text, lines, unread);
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      // The parser compares each key with all before it, which takes minutes for 30,000 of them: see Walk.
      uniqueKeys: false,
      // Stages often share options: YAML's merge keys (<<) save repeating them.
      merge: true,
      prettyErrors: false,
    });
    const faults = faultsOf(document);
    const value: unknown = faults.length > 0 ? undefined : document.toJS({ maxAliasCount: -1 });
    return { document, lines, value, faults };
  } catch (error) {
    return notParsed(text, lines, parserFault(error));
  }
}

function notParsed(text: string, lines: LineCounter, fault: YamlFault): YamlReading {
  lines.lineStarts.length = 0;
  for (let at = 0; at !== -1 && at <= fault.offset; at = text.indexOf("\n", at) + 1 || -1) {
    lines.addNewLine(at);
  }
  return { document: parseDocument(""), lines, value: undefined, faults: [fault] };
}

/** What shows before the text is parsed. */
function unreadFault(text: string): YamlFault | undefined {
  if (text.length > LONGEST) {
    return {
      message: `The text is longer than ${LONGEST.toLocaleString("en-US")} characters: that is no recipe.`,
      advice: "A recipe is a YAML file of a few pages.",
      offset: LONGEST,
    };
  }
  if (text.length > LONG) {
    const kinds = [...text.matchAll(/(?<=[\s{,])kind:(?=\s)/gu)];
    const excess = kinds[MOST_STAGES];
    if (excess !== undefined) return tooManyStages(kinds.length, excess.index);
  }
  // What is no UTF-8 was read as the replacement character.
  // oxlint-disable-next-line no-control-regex
  const unreadable = text.search(/[\u0000\uFFFD]/u);
  if (unreadable !== -1) {
    return {
      message: "The text holds bytes that are no UTF-8 text.",
      advice: "Save it as UTF-8.",
      offset: unreadable,
    };
  }
  let depth = 0;
  for (const { 0: bracket, index } of text.matchAll(/[[{}\]]|(?:- ){200}/gu)) {
    depth += bracket === "[" || bracket === "{" ? 1 : bracket.length > 1 ? DEEPEST + 1 : -1;
    if (depth > DEEPEST) return tooDeep(index);
  }
  return undefined;
}

/** The value alone; undefined where the text is none. */
export function yamlValue(text: string): unknown {
  return readYaml(text).value;
}

function faultsOf(document: Document): YamlFault[] {
  const broken = document.errors.map((error) => ({
    message: `This is not valid YAML: ${error.message}`,
    advice: null,
    offset: error.pos[0],
  }));
  if (broken.length > 0) return broken;
  const walk = new Walk(document);
  walk.sizeOf(document.contents);
  return walk.fault === undefined ? stagesFault(document) : [walk.fault];
}

/** Counts what a document unfolds to, each node once, and stops at the first that cannot be followed. */
class Walk {
  fault: YamlFault | undefined;
  readonly #document: Document;
  /** Of nodes with an anchor: what they unfold to; undefined while they are being counted. */
  readonly #sizes = new Map<Node, number | undefined>();
  #unfolded = 0;

  constructor(document: Document) {
    this.#document = document;
  }

  sizeOf(node: unknown): number {
    if (this.fault !== undefined) return 0;
    if (isAlias(node)) return this.#aliasSize(node);
    if (isPair(node)) {
      if (isMergeKey(node.key)) this.#checkMerge(node.key, node.value);
      return this.sizeOf(node.key) + this.sizeOf(node.value);
    }
    if (!isMap(node) && !isSeq(node)) return 1;
    if (isMap(node)) this.#checkKeys(node.items.map(({ key }) => key));
    this.#sizes.set(node, undefined);
    const size = node.items.reduce<number>((sum, item) => sum + this.sizeOf(item), 1);
    this.#sizes.set(node, size);
    return size;
  }

  #aliasSize(alias: Alias): number {
    const target = alias.resolve(this.#document);
    if (target === undefined) {
      return this.#found(
        alias,
        `there is no anchor &${alias.source} before it`,
        "Write the anchor first, or the value itself.",
      );
    }
    if (!isMap(target) && !isSeq(target)) return 1;
    const size = this.#sizes.get(target);
    if (size === undefined) {
      return this.#found(alias, "it stands within what it stands for", "Write the value itself.");
    }
    this.#unfolded += size;
    if (this.#unfolded > MOST_UNFOLDED) {
      return this.#found(
        alias,
        `the aliases up to here stand for more than ${MOST_UNFOLDED.toLocaleString("en-US")} values`,
        "A recipe needs a handful of aliases: write out what it means.",
      );
    }
    return size;
  }

  #found(alias: Alias, why: string, advice: string): number {
    this.fault = {
      message: `The alias *${alias.source} cannot be read: ${why}.`,
      advice,
      offset: offsetOf(alias),
    };
    return 0;
  }

  #checkKeys(keys: readonly unknown[]): void {
    const known = new Set<unknown>();
    for (const key of keys) {
      if (isMap(key) || isSeq(key)) {
        this.fault ??= {
          message: "A list or a map stands where an option's name should.",
          advice: "Begin the line with the option's name and a colon.",
          offset: offsetOf(key),
        };
      } else if (isScalar(key)) {
        const { value } = key;
        const offset = offsetOf(key);
        if (isMergeKey(key)) continue;
        if (known.has(value)) {
          this.fault ??= {
            message: `This is not valid YAML: the key ${String(value)} stands twice in one map.`,
            advice: "Keep one of the two.",
            offset,
          };
        }
        known.add(value);
      }
    }
  }

  #checkMerge(key: Node, value: unknown): void {
    const one = isAlias(value) ? value.resolve(this.#document) : value;
    const sources = isSeq(one) ? one.items : [one];
    const maps = sources.every((source) =>
      isMap(isAlias(source) ? source.resolve(this.#document) : source),
    );
    if (maps || this.fault !== undefined) return;
    this.fault = {
      message:
        "The key << takes options over from elsewhere, and what stands here is no map of options.",
      advice: "Give it an alias of one, e.g. <<: *shared, or remove the line.",
      offset: offsetOf(key),
    };
  }
}

function isMergeKey(key: unknown): key is Node {
  return (
    isScalar(key) && (key.value === "<<" || typeof key.value === "symbol") && key.type === "PLAIN"
  );
}

function stagesFault(document: Document): YamlFault[] {
  const stages: unknown = isMap(document.contents) ? document.get("stages", true) : undefined;
  if (!isSeq(stages) || stages.items.length <= MOST_STAGES) return [];
  const first: unknown = stages.items[MOST_STAGES];
  return [tooManyStages(stages.items.length, isNode(first) ? offsetOf(first) : offsetOf(stages))];
}

function tooManyStages(count: number, offset: number): YamlFault {
  return {
    message: `There are ${count.toLocaleString("en-US")} stages, and a recipe has at most ${MOST_STAGES}.`,
    advice: "Divide it into several recipes: one can go on from the model of another's run.",
    offset,
  };
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function tooDeep(offset: number): YamlFault {
  return {
    message: "The text is nested too deeply to be read.",
    advice: "A recipe is a few levels deep.",
    offset,
  };
}

function parserFault(error: unknown): YamlFault {
  if (error instanceof RangeError) return tooDeep(0);
  const message = error instanceof Error ? error.message : String(error);
  return { message: `This is not valid YAML: ${message}`, advice: null, offset: 0 };
}
