/** How long a task's prompts and worked solutions are in a model's tokens, on a sample of its training problems. */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { TaskSource } from "#shared/schema/recipe.ts";
import { promptIds } from "#main/engine/stages/prompts.ts";
import { loadTokenizer } from "#main/engine/tokenizer/tokenizer.ts";
import type { Tokenizer } from "#main/engine/tokenizer/tokenizer.ts";
import { problemAt, workedSolution } from "./task-facts.ts";

/** Problems looked at. */
const SAMPLE = 64;
const KEPT = 50;

export interface TaskLengths {
  readonly sample: number;
  readonly longestPrompt: number;
  /** Of the worked solutions with their end token, ascending. */
  readonly solutions: readonly number[];
}

const tokenizers = new Map<string, Tokenizer>();
const lengths = new Map<string, TaskLengths>();

/** Throws what is wrong with the tokenizer or its chat template (BAD_TOKENIZER), or with the difficulties (BAD_RECIPE). */
export function taskLengths(modelFolder: string, source: TaskSource): TaskLengths {
  const file = join(modelFolder, "tokenizer.json");
  const stamp = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const key = JSON.stringify([modelFolder, stamp, source.task, source.difficulties]);
  const known = lengths.get(key);
  if (known !== undefined) return known;
  const tokenizer = tokenizerOf(modelFolder, stamp);
  const problems = Array.from({ length: SAMPLE }, (_, index) => problemAt(source, index));
  const found = {
    sample: SAMPLE,
    longestPrompt: Math.max(...problems.map((problem) => promptIds(tokenizer, problem).length)),
    solutions: problems
      .map(
        (problem) =>
          tokenizer.encode(workedSolution(problem), { addSpecialTokens: false }).length + 1,
      )
      .sort((a, b) => a - b),
  };
  keep(lengths, key, found);
  return found;
}

/** Reading a large vocabulary takes a second; checks come with every edit. */
function tokenizerOf(folder: string, stamp: number): Tokenizer {
  const key = `${folder} ${stamp}`;
  const known = tokenizers.get(key);
  if (known !== undefined) return known;
  const tokenizer = loadTokenizer(folder);
  keep(tokenizers, key, tokenizer);
  return tokenizer;
}

function keep<T>(cache: Map<string, T>, key: string, value: T): void {
  cache.set(key, value);
  for (const old of [...cache.keys()].slice(0, Math.max(0, cache.size - KEPT))) cache.delete(old);
}
