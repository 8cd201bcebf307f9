/**
 * The summary of one benchmark out of its samples. Every score is a mean over problems, and every
 * interval a bootstrap over problems.
 *
 * The folder: estimators and tests for benchmark results; imports the tasks, the format reward and
 * the shared schemas.
 */
import type {
  Estimate,
  EvaluationSample,
  EvaluationSummary,
} from "#shared/schema/engine-protocol.ts";
import { formatReward } from "../rewards/format.ts";
import { answerRule } from "../verifiers/answers/answer-rule.ts";
import { bootstrapMean, mean } from "./bootstrap.ts";
import { consensus } from "./consensus.ts";
import { passAtK, passAtKSteps } from "./pass-at-k.ts";

export type SummarizeOptions = Pick<
  EvaluationSummary,
  "temperature" | "topP" | "maxTokens" | "scoring"
> & {
  /** The task, or the imported set's id. */
  readonly task: string;
  /** What judged the answers; several where problems have different ones. */
  readonly verifier: readonly string[];
  /** Of verifiers that run elsewhere, by their names. */
  readonly versions?: ReadonlyMap<string, string>;
  readonly seed: number;
};

type ProblemResult = {
  readonly difficulty: number | null;
  readonly correct: number;
  readonly consensus: number;
};

/** Throws a RangeError where there is no sample, or where problems have different numbers of samples. */
export function summarize(
  samples: readonly EvaluationSample[],
  options: SummarizeOptions,
): EvaluationSummary {
  const { task, verifier, versions, seed, ...settings } = options;
  const rules = verifier.map((name) => ({ name, rule: answerRule(name) }));
  // Votes of one problem are of one verifier; with several, answers are counted as they are written.
  const answerKey =
    rules.length === 1 && rules[0] !== undefined
      ? rules[0].rule.answerKey
      : (answer: string): string => answer.trim();
  const groups = [...Map.groupBy(samples, (sample) => sample.problemIndex).values()];
  const k = groups[0]?.length ?? 0;
  if (k === 0 || groups.some((group) => group.length !== k)) {
    throw new RangeError(
      "a summary needs the same number of samples, at least one, of every problem",
    );
  }
  const results = groups.map((group): ProblemResult => ({
    difficulty: group[0]?.difficulty ?? null,
    correct: group.filter((sample) => sample.correct).length,
    consensus: consensus(
      group.map(({ answer, correct }) => ({
        key: answer === null ? null : answerKey(answer),
        correct,
      })),
    ),
  }));
  const estimate = (values: readonly number[]): Estimate =>
    bootstrapMean(values, { seed, share: true });
  const passes = (of: readonly ProblemResult[], j: number): Estimate =>
    estimate(of.map(({ correct }) => passAtK(k, correct, j)));
  const difficulties = [...Map.groupBy(results, ({ difficulty }) => difficulty)]
    .flatMap(([difficulty, of]) => (difficulty === null ? [] : [{ difficulty, of }]))
    .toSorted((a, b) => a.difficulty - b.difficulty);
  return {
    task,
    n: results.length,
    k,
    ...settings,
    verifierVersion: rules
      .map(({ name, rule }) => `${name}/${versions?.get(name) ?? rule.version}`)
      .join(" + "),
    pass1: passes(results, 1),
    passK: passAtKSteps(k).map((j) => {
      const { value, low, high } = passes(results, j);
      return { k: j, value, low, high };
    }),
    consK: estimate(results.map((result) => result.consensus)),
    byDifficulty: difficulties.map(({ difficulty, of }) => {
      const { value, low, high } = passes(of, 1);
      return { difficulty, n: of.length, value, low, high };
    }),
    formatRate: mean(samples.map(({ completion }) => formatReward({ completionText: completion }))),
    truncatedRate: mean(samples.map(({ finishReason }) => (finishReason === "length" ? 1 : 0))),
    meanTokens: mean(samples.map(({ tokens }) => tokens)),
  };
}
