/** How long a stage's prompts and worked solutions are in a model's tokens, on a sample of its problems. */
import { LRUCache } from "lru-cache";
import type { OutsideSource, ProblemData } from "#shared/schema/stages/problem-data.ts";
import { NO_OUTSIDE, outsideSource } from "../problems/outside/outside-task.ts";
import { ProblemSupply, sourcesOf } from "../problems/problem-supply.ts";
import type { SetReader } from "../problems/problem-supply.ts";
import type { Problem } from "../problems/problem.ts";
import { encodeWithAssistantMask } from "./templates/assistant-mask.ts";
import { keptTokenizer, tokenizerStamp } from "./kept-tokenizers.ts";
import { askedMessages, missingColumns, promptIds } from "./prompt-ids.ts";
import type { Prompting } from "./prompt-ids.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** Problems looked at. */
const SAMPLE = 64;
/** Seed of the problems that are drawn to be looked at; no run uses it. */
const LOOK_SEED = 7;
const KEPT = 50;

/** Where problems are looked at without waiting. */
export interface LookedAt {
  readonly sets: SetReader;
  /** Of tasks that run elsewhere: those that were made already. */
  readonly tried: { of(source: OutsideSource): readonly Problem[] };
}

export interface ProblemLengths {
  readonly sample: number;
  readonly longestPrompt: number;
  /** Of the worked solutions that there are with their end token, ascending. */
  readonly solutions: readonly number[];
  readonly missing: readonly MissingColumn[];
  /** Of the problems that ask different things: so many, and so many different prompts that the stage makes of them. */
  readonly different: { readonly problems: number; readonly prompts: number };
  readonly control: readonly ControlText[];
}

/** A text that the tokenizer reads as a control token of the model's, such as the end of a turn. */
export interface ControlText {
  readonly token: string;
  /** Where it stands: an option of the stage, or the problems themselves. */
  readonly in: "system_prompt" | "prompt_template" | "data";
}

/** A column that the stage's template writes, which problems of a source do not have. */
export interface MissingColumn {
  readonly column: string;
  /** A task's or a problem set's name. */
  readonly source: string;
  /** Of the source's problems that were looked at: those without it, and all. */
  readonly problems: number;
  readonly of: number;
  /** Columns that there are. */
  readonly known: readonly string[];
}

const lengths = new LRUCache<string, ProblemLengths>({ max: KEPT });

/**
 * Undefined where all problems are of tasks that run elsewhere and made none yet; those are not waited for here.
 * Throws what is wrong with the tokenizer or its chat template (BAD_TOKENIZER), or with the data and the stage's template
 * (BAD_RECIPE, NOT_FOUND).
 */
export function problemLengths(
  modelFolder: string,
  data: ProblemData,
  prompting: Prompting,
  from: LookedAt,
): ProblemLengths | undefined {
  const stamp = tokenizerStamp(modelFolder);
  const { system_prompt: system, prompt_template: template } = prompting;
  const problems = sampleOf(data, from);
  if (problems.length === 0) return undefined;
  const ids = problems.map(({ id }) => id).join("\n");
  const key = JSON.stringify([modelFolder, stamp, data, system, template, ids]);
  const known = lengths.get(key);
  if (known !== undefined) return known;
  const found = lengthsOf(modelFolder, problems, prompting);
  lengths.set(key, found);
  return found;
}

/** Of at least one problem. */
function lengthsOf(
  modelFolder: string,
  problems: readonly Problem[],
  prompting: Prompting,
): ProblemLengths {
  const tokenizer = keptTokenizer(modelFolder);
  const prompts = problems.map((problem) => promptIds(tokenizer, problem, prompting));
  return {
    sample: problems.length,
    longestPrompt: Math.max(...prompts.map(({ length }) => length)),
    solutions: problems
      .flatMap((problem) => problem.solution() ?? [])
      .map((solution) => tokenizer.encode(solution, { addSpecialTokens: false }).length + 1)
      .sort((a, b) => a - b),
    missing: missingIn(problems, prompting),
    different: {
      problems: new Set(problems.map(({ messages }) => JSON.stringify(messages))).size,
      prompts: new Set(prompts.map((ids) => ids.join(" "))).size,
    },
    control: controlIn(tokenizer, problems, prompting),
  };
}

function controlIn(
  tokenizer: Tokenizer,
  problems: readonly Problem[],
  { system_prompt: system = "", prompt_template: template = "" }: Prompting,
): ControlText[] {
  const asked = problems.flatMap(({ messages }) => messages.map(({ content }) => content));
  const texts = { system_prompt: system, prompt_template: template, data: asked.join("\n") };
  return (["system_prompt", "prompt_template", "data"] as const).flatMap((place) => {
    const ids = tokenizer.encode(texts[place], { addSpecialTokens: false });
    const control = new Set(ids.filter((id) => tokenizer.isSpecial(id)));
    return [...control].map((id) => ({
      token: tokenizer.decode([id], { skipSpecialTokens: false }),
      in: place,
    }));
  });
}

function missingIn(problems: readonly Problem[], prompting: Prompting): MissingColumn[] {
  return [...Map.groupBy(problems, ({ source }) => source)].flatMap(([source, own]) => {
    const known = [...new Set(own.flatMap(({ columns }) => Object.keys(columns)))].sort();
    const missing = own.flatMap((problem) => missingColumns(problem, prompting));
    return [...Map.groupBy(missing, (column) => column)].map(([column, { length }]) => ({
      column,
      source,
      problems: length,
      of: own.length,
      known,
    }));
  });
}

/**
 * Throws why a model cannot be trained on worked solutions of these problems as conversations, by its template (AppError
 * of assistant-mask.ts).
 */
export function requireTrainable(
  modelFolder: string,
  data: ProblemData,
  prompting: Prompting,
  from: LookedAt,
): void {
  const tokenizer = keptTokenizer(modelFolder);
  // Solutions of one source differ in nothing that a template looks at.
  for (const problem of sampleOf(data, from)) {
    const solution = problem.solution();
    if (solution === null) continue;
    const messages = askedMessages(problem, prompting);
    encodeWithAssistantMask(tokenizer, [...messages, { role: "assistant", content: solution }]);
    return;
  }
}

function sampleOf(data: ProblemData, { sets, tried }: LookedAt): Problem[] {
  const all = sourcesOf(data);
  const made = all.flatMap((source) => {
    const outside = outsideSource(source);
    return outside === undefined ? [] : tried.of(outside);
  });
  const sources = all.filter((source) => outsideSource(source) === undefined);
  if (sources.length === 0) return made;
  const supply = new ProblemSupply(sources, {
    split: "train",
    seed: LOOK_SEED,
    sets,
    outside: NO_OUTSIDE,
  });
  return [...Array.from({ length: SAMPLE }, (_, index) => supply.at(index)), ...made];
}
