/** Edits of the list of stages. A stage's text moves with the comments above it. Pure. */
import type { Document } from "yaml";
import { twinName } from "#shared/schema/twin.ts";
import type { StageKind } from "#shared/schema/recipe.ts";
import { isProblemSource, sourcesAt } from "./source-list.ts";
import { getValue, isMap, textAt, withValue } from "./plain-value.ts";
import type { Json, JsonMap, Keys } from "./plain-value.ts";
import {
  endOfLine,
  extentOf,
  firstThatSays,
  oneLine,
  parseText,
  setKeys,
  stagesNode,
  startOfLine,
  valueOf,
} from "./recipe-document.ts";

export function moveStage(text: string, from: number, to: number): string {
  return reorder(text, (stages) => {
    const [moved] = stages.splice(from, 1);
    if (moved !== undefined) stages.splice(to, 0, moved);
  });
}

export function removeStage(text: string, index: number): string {
  return reorder(text, (stages) => {
    stages.splice(index, 1);
  });
}

/** Puts a stage at `index`. */
export function insertStage(text: string, index: number, stage: JsonMap): string {
  const document = parseText(text);
  const value = valueOf(document);
  const stages = stagesOf(value);
  const wanted = withValue(value, ["stages"], stages.toSpliced(index, 0, stage));
  return firstThatSays(wanted, [
    () => {
      const cut = segmentsOf(text, document);
      if (cut === undefined) return undefined;
      return joined(text, cut, cut.segments.toSpliced(index, 0, stageText(stage, cut.indent)));
    },
    () => rewritten(document, wanted),
  ]);
}

/** Renames a stage and every input that names it. */
export function renameStage(text: string, index: number, name: string): string {
  const stages = stagesOf(valueOf(parseText(text)));
  const [old, ...twins] = namesOf(stages[index]);
  const renamed = new Map(old === undefined ? [] : [[old, name]]);
  for (const twin of twins) renamed.set(twin, twinName(name));
  let result = setKeys(text, ["stages", index, "name"], name);
  stages.forEach((stage, place) => {
    if (place <= index) return;
    for (const keys of [["model"], ["teacher"], ...dataStageKeys(stage)]) {
      const other = renamed.get(textAt(stage, keys));
      if (other !== undefined) result = setKeys(result, ["stages", place, ...keys], other);
    }
  });
  return result;
}

/** Where a stage's data, and what it is measured on, name an earlier stage. */
export function dataStageKeys(stage: Json): readonly Keys[] {
  return ["data", "eval_data"].flatMap((key) =>
    sourcesAt(getValue(stage, [key]), [key]).map(({ keys }) => [...keys, "stage"]),
  );
}

/** What a stage draws problems from: its data, or those of its sources that are worked out. */
export function problemDataIn(stage: Json): readonly Json[] {
  const data = getValue(stage, ["data"]);
  const worked = sourcesAt(data, []).flatMap(({ source }) => getValue(source, ["source"]) ?? []);
  return worked.length > 0 || data === undefined ? worked : [data];
}

/** A stage of a kind with what it cannot do without, fitting what is there. */
export function newStage(kind: StageKind, value: Json): JsonMap {
  const stages = stagesOf(value);
  const names = new Set(stages.map((stage) => getValue(stage, ["name"])));
  const name = freeName(kind, names);
  const makers = stages.filter((stage) => makesModel(getValue(stage, ["kind"])));
  const models = isMap(value) && isMap(value["models"]) ? Object.keys(value["models"]) : [];
  const model = getValue(makers.at(-1), ["name"]) ?? models[0] ?? "base";
  const known = stages
    .flatMap((stage) => problemDataIn(stage))
    .findLast((data) => sourcesAt(data, []).some(({ source }) => isProblemSource(source)));
  const data = known ?? { task: "arithmetic", difficulties: [3, 4, 5] };
  const longest = stages
    .map((stage) => getValue(stage, ["max_completion_length"]))
    .findLast(Number);
  const base = { name, kind, model };
  // TRL's 512 are more than the context of a small model has room for.
  const sampled = { max_completion_length: typeof longest === "number" ? longest : 256 };
  switch (kind) {
    case "pretrain":
      return { ...base, max_steps: 100 };
    case "sft":
      return { ...base, data: { source: data, examples: 512 }, max_length: 128 };
    case "grpo":
      return {
        ...base,
        data,
        rewards: [
          { name: "answer", weight: 1 },
          { name: "format", weight: 0.1 },
        ],
        num_generations: 8,
        generation_batch_size: 64,
        per_device_train_batch_size: 32,
        gradient_accumulation_steps: 2,
        max_steps: 20,
        learning_rate: 0.0001,
        ...sampled,
      };
    case "rejection-sampling":
      return { ...base, data, num_prompts: 256, ...sampled };
    case "distill":
      return {
        ...base,
        model: models.at(-1) ?? "base",
        teacher: model,
        data,
        num_prompts: 256,
        max_length: 128,
        ...sampled,
      };
    case "benchmark":
      return { ...base, data, num_problems: 128, ...sampled };
    default:
      return kind satisfies never;
  }
}

export function stagesOf(value: Json | undefined): readonly Json[] {
  const stages = getValue(value, ["stages"]);
  return Array.isArray(stages) ? stages : [];
}

/** A stage's name, and its twin's where it asks for one. */
export function namesOf(stage: Json | undefined): readonly string[] {
  const name = textAt(stage, ["name"]);
  if (name === "") return [];
  return textAt(stage, ["twin"]) === "ppo" ? [name, twinName(name)] : [name];
}

/** What later stages may name as their model. */
export function modelsMadeBy(stage: Json): readonly string[] {
  return makesModel(getValue(stage, ["kind"])) ? namesOf(stage) : [];
}

function makesModel(kind: Json | undefined): boolean {
  return kind !== "benchmark" && kind !== "rejection-sampling";
}

function freeName(kind: string, taken: ReadonlySet<Json | undefined>): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? kind : `${kind}-${String(number)}`;
    if (!taken.has(name)) return name;
  }
}

function reorder(text: string, change: (stages: unknown[]) => void): string {
  const document = parseText(text);
  const value = valueOf(document);
  const stages = [...stagesOf(value)];
  change(stages);
  const wanted = withValue(value, ["stages"], stages);
  return firstThatSays(wanted, [
    () => {
      const cut = segmentsOf(text, document);
      if (cut === undefined) return undefined;
      const segments = [...cut.segments];
      change(segments);
      return joined(text, cut, segments);
    },
    () => rewritten(document, wanted),
  ]);
}

/** With anchors resolved: a stage may not share what comes after it. */
function rewritten(document: Document, wanted: Json): string {
  document.set("stages", document.createNode(getValue(wanted, ["stages"])));
  return document.toString({ lineWidth: 0 });
}

interface Segments {
  readonly start: number;
  readonly end: number;
  /** Each stage with the comments above it, without blank lines around. */
  readonly segments: readonly string[];
  /** Whether blank lines stand between stages. */
  readonly airy: boolean;
  readonly indent: string;
}

function segmentsOf(text: string, document: Document): Segments | undefined {
  const items = stagesNode(document)?.items ?? [];
  const ends = items.map((item) => {
    const extent = extentOf(item);
    if (extent === undefined) return undefined;
    let end = extent[1];
    while (end > extent[0] && /\s/u.test(text[end - 1] ?? "")) end -= 1;
    return Math.min(text.length, endOfLine(text, end) + 1);
  });
  const first = items[0] === undefined ? undefined : extentOf(items[0]);
  if (first === undefined || !ends.every((end) => end !== undefined)) return undefined;
  const dash = startOfLine(text, first[0]);
  const start = firstCommentAbove(text, dash);
  const starts = [start, ...ends.slice(0, -1)];
  const raw = starts.map((from, place) => text.slice(from, ends[place]));
  return {
    start,
    end: ends.at(-1) ?? text.length,
    segments: raw.map((segment) => segment.replace(/^(?:[ \t]*\n)+/u, "").trimEnd()),
    airy: raw.slice(1).some((segment) => /^[ \t]*\n/u.test(segment)),
    indent: /^\s*/u.exec(text.slice(dash))?.[0].replaceAll("\n", "") ?? "  ",
  };
}

/** Comments directly above the first stage are its own. */
function firstCommentAbove(text: string, line: number): number {
  let start = line;
  while (start > 0) {
    const above = startOfLine(text, start - 1);
    if (!/^\s*#/u.test(text.slice(above, start))) break;
    start = above;
  }
  return start;
}

function joined(text: string, { start, end, airy }: Segments, segments: readonly string[]): string {
  const body = segments.map((segment) => `${segment}\n`).join(airy ? "\n" : "");
  return `${text.slice(0, start)}${body}${text.slice(end)}`;
}

function stageText(stage: JsonMap, indent: string): string {
  return Object.entries(stage)
    .map(([key, value], place) => {
      const lead = place === 0 ? `${indent}- ` : `${indent}  `;
      if (key === "rewards" && Array.isArray(value))
        return [`${lead}rewards:`, ...value.map((item) => `${indent}    - ${oneLine(item)}`)].join(
          "\n",
        );
      return `${lead}${key}: ${oneLine(value)}`;
    })
    .join("\n");
}
