/** A completion and a benchmark sample made of their coordinates. */
import type { EvaluationSample, Rollout } from "#shared/schema/engine-protocol.ts";

export function rollout(step: number, group: number, index: number): Rollout {
  return {
    step,
    group,
    index,
    problemId: `q${group}`,
    difficulty: 3,
    prompt: `What is ${group}+1+1?`,
    completion: `text ${step}/${group}/${index}`,
    completionIds: [1, 70_000, index],
    logprobs: [-0.5, -0.25, -2],
    rewards: { answer: index % 2, format: 1, language: null },
    reward: (index % 2) + 0.1,
    advantage: index % 2 === 0 ? -1 : 1,
    correct: index % 2 === 1,
    finishReason: "stop",
  };
}

export function sample(
  problemIndex: number,
  sampleIndex: number,
  correct: boolean,
): EvaluationSample {
  return {
    problemIndex,
    sampleIndex,
    problemId: `t${problemIndex}`,
    difficulty: 3 + (problemIndex % 2),
    prompt: `What is ${problemIndex}+2+3?`,
    gold: String(problemIndex + 5),
    completion: correct ? `${problemIndex + 5}` : "no idea",
    answer: correct ? `${problemIndex + 5}` : null,
    correct,
    finishReason: "stop",
    tokens: 4,
  };
}
