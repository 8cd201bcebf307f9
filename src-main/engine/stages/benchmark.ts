/** Stage `benchmark`: held-out problems, k samples each, scored by rule, with intervals. */
import type { EvaluationSample } from "#shared/schema/engine-protocol.ts";
import type { BenchmarkStage } from "#shared/schema/recipe.ts";
import { summarize } from "#main/core/evaluation/summarize.ts";
import { loadLanguageModel } from "../model/language-model.ts";
import { scoreText } from "#main/core/verifiers/score-text.ts";
import { readProblems } from "#main/core/problems/read-problems.ts";
import { drawProblems } from "#main/core/problems/draw-problems.ts";
import type { GradedProblem } from "#main/core/problems/task.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { completionText } from "./completion-text.ts";
import { sampleProblems } from "./sample-problems.ts";
import type { StageSession } from "./session/stage-session.ts";

/** One fixed seed: every benchmark of the same size and difficulties asks the same problems, so that results pair. */
export const PROBLEM_SEED = 20250122;
const BOOTSTRAP_SEED = 1;

export async function runBenchmark(session: StageSession, stage: BenchmarkStage): Promise<void> {
  const folder = session.modelFolder("model");
  const tokenizer = loadTokenizer(folder);
  const model = loadLanguageModel(session.runtime, folder);
  const problems = problemsOf(session, stage);
  const verifier = "benchmark" in stage.data ? "maths" : stage.data.task;
  session.started(model.parameters, problems.length);
  const all: EvaluationSample[] = [];
  const { num_samples: k } = stage;
  for await (const chunk of sampleProblems(session, model, tokenizer, problems, k, stage)) {
    const samples = chunk.problems.flatMap((problem, i) =>
      (chunk.completions[i] ?? []).map((completion, sampleIndex): EvaluationSample => {
        const text = completionText(tokenizer, completion);
        return {
          problemIndex: chunk.first + i,
          sampleIndex,
          problemId: problem.id,
          difficulty: problem.difficulty,
          prompt: problem.prompt,
          gold: problem.gold,
          completion: text,
          ...scoreText(problem, text, stage.scoring),
          finishReason: completion.finishReason,
          tokens: completion.ids.length,
        };
      }),
    );
    all.push(...samples);
    session.emit({ type: "evaluation-samples", samples });
  }
  const summary = summarize(all, {
    task: "benchmark" in stage.data ? stage.data.benchmark : stage.data.task,
    verifier,
    seed: BOOTSTRAP_SEED,
    temperature: stage.temperature,
    topP: stage.top_p,
    maxTokens: stage.max_completion_length,
    scoring: stage.scoring,
  });
  session.emit({ type: "evaluation", summary });
  model.dispose();
}

/** Held-out problems of the task, or the first ones of the imported set. */
function problemsOf(session: StageSession, stage: BenchmarkStage): GradedProblem[] {
  if (!("benchmark" in stage.data))
    return drawProblems({
      source: stage.data,
      split: "test",
      seed: PROBLEM_SEED,
      count: stage.num_problems,
    });
  const { datasetFile } = session.request;
  if (datasetFile === undefined) throw new Error("an imported benchmark without its problems");
  return readProblems(datasetFile, stage.data.benchmark).slice(0, stage.num_problems);
}
