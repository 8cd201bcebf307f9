/** How long a task's prompts and worked solutions are in a model's tokens, on a sample of its training problems. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import type { TaskSource } from "#shared/schema/recipe.ts";
import { encodeWithAssistantMask } from "./templates/assistant-mask.ts";
import { loadTokenizer } from "./tokenizer.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { problemAt, workedSolution } from "../problems/task-facts.ts";
import { promptIds } from "./prompt-ids.ts";

/** Problems looked at. */
const SAMPLE = 64;
const KEPT = 50;

export interface TaskLengths {
  readonly sample: number;
  readonly longestPrompt: number;
  /** Of the worked solutions with their end token, ascending. */
  readonly solutions: readonly number[];
}

const tokenizers = new LRUCache<string, Tokenizer>({ max: KEPT });
const lengths = new LRUCache<string, TaskLengths>({ max: KEPT });

/** Throws what is wrong with the tokenizer or its chat template (BAD_TOKENIZER), or with the difficulties (BAD_RECIPE). */
export function taskLengths(modelFolder: string, source: TaskSource): TaskLengths {
  const stamp = stampOf(modelFolder);
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
  lengths.set(key, found);
  return found;
}

/**
 * Throws why a model cannot be trained on worked solutions of these problems as conversations, by its template (AppError
 * of assistant-mask.ts).
 */
export function requireTrainable(modelFolder: string, source: TaskSource): void {
  const tokenizer = tokenizerOf(modelFolder, stampOf(modelFolder));
  // Solutions of one task differ in nothing that a template looks at.
  const problem = problemAt(source, 0);
  encodeWithAssistantMask(tokenizer, [
    { role: "user", content: problem.prompt },
    { role: "assistant", content: workedSolution(problem) },
  ]);
}

/** Changes when one of the files is written. */
function stampOf(folder: string): string {
  return ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"]
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0)
    .join(" ");
}

/** Reading a large vocabulary takes a second; checks come with every edit. */
function tokenizerOf(folder: string, stamp: string): Tokenizer {
  const key = `${folder} ${stamp}`;
  const known = tokenizers.get(key);
  if (known !== undefined) return known;
  const tokenizer = loadTokenizer(folder);
  tokenizers.set(key, tokenizer);
  return tokenizer;
}
