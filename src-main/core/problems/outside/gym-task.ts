/** A dataset of reasoning-gym as a task that stages draw from. */
import { z } from "zod";
import { JsonValue } from "#shared/schema/json-value.ts";
import type { VerifierSpec } from "#shared/schema/problem.ts";
import type { GymSource } from "#shared/schema/stages/problem-data.ts";
import type { Gym, GymConfig } from "../../gym-port.ts";
import { right, wrong } from "../../verifiers/verdict.ts";
import type { Verdict } from "../../verifiers/verifier.ts";
import type { OutsideTask } from "./outside-task.ts";

/** Before a dataset's name. */
export const GYM = "reasoning-gym/";
const Config = z.record(z.string(), JsonValue);

/** Problems, and answers, at a call. */
const AT_ONCE = 64;

/** @param version the package's */
export function gymTask(
  gym: Gym,
  { task, config }: Pick<GymSource, "task" | "config">,
  version: string,
): OutsideTask {
  const dataset = task.slice(GYM.length);
  return {
    name: task,
    verifier: { name: task, options: { config: JsonValue.parse(config) } },
    version,
    difficulties: [],
    generate: async (draws, signal) => {
      const made = await inBatches(draws, (batch) =>
        gym.generate(
          dataset,
          config,
          batch.map(({ seed }) => seed),
          signal,
        ),
      );
      return made.map(({ question, answer, entry }) => ({
        prompt: question,
        gold: answer,
        data: entry,
      }));
    },
    // Its datasets say what is right, and not how it is found.
    solve: async () => Promise.resolve(null),
    verify: async (answers, signal) => {
      const scores = await inBatches(answers, (batch) =>
        gym.score(
          dataset,
          config,
          batch.map(({ answer, problem }) => ({ answer, entry: problem.data })),
          signal,
        ),
      );
      return scores.map((score): Verdict => verdictOf(score, dataset));
    },
  };
}

/** The source that a verifier was written for; undefined where it is another's. */
export function gymOfVerifier({
  name,
  options,
}: VerifierSpec): { readonly task: string; readonly config: GymConfig } | undefined {
  if (!name.startsWith(GYM)) return undefined;
  return { task: name, config: Config.catch({}).parse(options["config"]) };
}

function verdictOf(score: number | string, dataset: string): Verdict {
  if (typeof score === "string") return wrong(`${dataset} cannot score the answer: ${score}`);
  // A score is 1 exactly where the answer is right.
  if (score >= 1) return right(`${dataset} gives it 1`);
  const part = Number.isFinite(score) ? Math.min(Math.max(score, 0), 0.999) : 0;
  return wrong(`${dataset} gives it ${part}`, part);
}

async function inBatches<Item, Result>(
  items: readonly Item[],
  call: (batch: readonly Item[]) => Promise<Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE)
    results.push(...(await call(items.slice(from, from + AT_ONCE))));
  return results;
}
