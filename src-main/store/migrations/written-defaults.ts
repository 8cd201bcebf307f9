/**
 * Writes into a recipe's text what version 0.1 took where an option was left out and 0.2 takes otherwise, so that a
 * kept recipe goes on meaning what it meant. Comments, order and spelling stay. Frozen with its migration.
 */
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, YAMLMap } from "yaml";

type Plain = Readonly<Record<string, unknown>>;

/** The text with the old defaults, or the text itself where nothing is left out or it is no recipe. */
export function withWrittenDefaults(yaml: string): string {
  const before = valueOf(yaml);
  const stages = before === undefined ? undefined : stagesOf(before);
  if (before === undefined || stages === undefined) return yaml;
  const added = stages.map((stage) => leftOut(stage));
  if (added.every((options) => options.length === 0)) return yaml;
  // The characters first; yaml's own writing, which may lay out the text anew, where they do not say it.
  for (const write of [spliced, rewritten]) {
    const text = write(yaml, added);
    if (text !== undefined && saysThem(valueOf(text), before, added)) return text;
  }
  return yaml;
}

/** Whether a text's value is the value before with the options added. A stage may inherit more of them by a merge key. */
function saysThem(found: Plain | undefined, before: Plain, added: readonly Added[]): boolean {
  const [stages, were] = [found, before].map((value) => (value && stagesOf(value)) ?? []);
  if (found === undefined || stages === undefined || were === undefined) return false;
  const expected = were.map((stage, i) => {
    const inherited = OLD_DEFAULTS.filter(([name]) => name in (stages[i] ?? {}));
    return { ...Object.fromEntries(inherited), ...stage, ...Object.fromEntries(added[i] ?? []) };
  });
  return sorted(found) === sorted({ ...before, stages: expected });
}

type Added = readonly (readonly [string, string | number | boolean])[];

const OLD_DEFAULTS: Added = [
  ["learning_rate", 5e-5],
  ["num_train_epochs", 1],
  ["truncation_mode", "drop"],
  ["max_completion_length", 256],
  ["use_bias_correction_kl", false],
];

/** What 0.1 took for a stage, where it does not say so itself and 0.2 takes another. */
function leftOut(stage: Plain): Added {
  const kind = stage["kind"];
  const learns = kind === "sft" || kind === "distill";
  const samples =
    kind === "grpo" || kind === "distill" || kind === "rejection-sampling" || kind === "benchmark";
  const wanted: Readonly<Record<string, boolean>> = {
    learning_rate: learns || kind === "grpo",
    num_train_epochs: learns && !isPositive(stage["max_steps"]),
    truncation_mode: learns,
    max_completion_length: samples,
    use_bias_correction_kl: kind === "grpo" && isPositive(stage["beta"]),
  };
  return OLD_DEFAULTS.filter(([name]) => wanted[name] === true && !(name in stage));
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && value > 0;
}

/** Lines after the stage's name, or entries after it where the stage is written in braces. */
function spliced(yaml: string, added: readonly Added[]): string | undefined {
  const counter = new LineCounter();
  const document = parse(yaml, counter);
  const insertions = added.flatMap((options, i) => {
    const stage = document.getIn(["stages", i], true);
    if (options.length === 0) return [];
    if (!isMap(stage)) return [undefined];
    return [insertion(yaml, stage, options, counter)];
  });
  let text = yaml;
  for (const place of insertions.toReversed()) {
    if (place === undefined) return undefined;
    text = text.slice(0, place.at) + place.text + text.slice(place.at);
  }
  return text;
}

function insertion(
  yaml: string,
  stage: YAMLMap,
  options: Added,
  counter: LineCounter,
): { readonly at: number; readonly text: string } | undefined {
  const name = stage.items.find(({ key }) => isScalar(key) && key.value === "name");
  if (name === undefined || !isScalar(name.key) || !isScalar(name.value)) return undefined;
  const from = name.key.range?.[0];
  const end = name.value.range?.[1];
  if (from === undefined || end === undefined) return undefined;
  const entries = options.map(([key, value]) => `${key}: ${String(value)}`);
  if (stage.flow === true) return { at: end, text: entries.map((entry) => `, ${entry}`).join("") };
  const lineEnd = yaml.indexOf("\n", end);
  const at = lineEnd === -1 ? yaml.length : lineEnd;
  const indent = " ".repeat(counter.linePos(from).col - 1);
  const crlf = yaml[at - 1] === "\r";
  const lines = entries.map(
    (entry) => `\n${indent}${entry} # the default of Gradus 0.1${crlf ? "\r" : ""}`,
  );
  return { at, text: lines.join("") };
}

function rewritten(yaml: string, added: readonly Added[]): string | undefined {
  const document = parse(yaml);
  added.forEach((options, i) => {
    for (const [key, value] of options) document.setIn(["stages", i, key], value);
  });
  return String(document);
}

function parse(yaml: string, lineCounter?: LineCounter): Document.Parsed {
  return parseDocument(yaml, {
    merge: true,
    prettyErrors: false,
    ...(lineCounter === undefined ? {} : { lineCounter }),
  });
}

function valueOf(yaml: string): Plain | undefined {
  try {
    const document = parse(yaml);
    if (document.errors.length > 0 || !isSeq(document.getIn(["stages"], true))) return undefined;
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return isPlain(value) ? value : undefined;
  } catch {
    // Aliases that cannot be followed: no recipe that could be launched.
    return undefined;
  }
}

function stagesOf(value: Plain): Plain[] | undefined {
  const stages = value["stages"];
  return Array.isArray(stages) && stages.every((stage) => isPlain(stage)) ? stages : undefined;
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isPlain(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
