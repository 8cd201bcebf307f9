/** Stage `benchmark`: held-out problems, k samples each, scored by rule, with intervals. */
import type { EvaluationSample } from "#shared/schema/engine-protocol.ts";
import type { BenchmarkStage } from "#shared/schema/recipe.ts";
import { hash32 } from "#main/platform/random.ts";
import { summarize } from "../evaluation/summarize.ts";
import { loadLanguageModel } from "../model/language-model.ts";
import { scoreText } from "../rewards/score.ts";
import { Sampler } from "../sampling/sampler.ts";
import { drawProblems } from "../tasks/split.ts";
import { loadTokenizer } from "../tokenizer/tokenizer.ts";
import { completionText, promptIds, stopIds } from "./prompts.ts";
import type { StageSession } from "./stage-session.ts";

/** One fixed seed: every benchmark of the same size and difficulties asks the same problems, so that results pair. */
const PROBLEM_SEED = 20250122;
const BOOTSTRAP_SEED = 1;
const CHUNK = 128;

export async function runBenchmark(session: StageSession, stage: BenchmarkStage): Promise<void> {
  const { runtime, request } = session;
  const folder = session.modelFolder("model");
  const tokenizer = loadTokenizer(folder);
  const model = loadLanguageModel(runtime, folder);
  const sampler = new Sampler(runtime, model);
  const problems = drawProblems({
    source: stage.data,
    split: "test",
    seed: PROBLEM_SEED,
    count: stage.num_problems,
  });
  session.started(model.parameters, problems.length);
  const all: EvaluationSample[] = [];
  let tokens = 0;
  for (let first = 0; first < problems.length; first += CHUNK) {
    await session.boundary();
    const chunk = problems.slice(first, first + CHUNK);
    const prompts = chunk.map((problem) => promptIds(tokenizer, problem));
    const completions = await sampler.generate(
      prompts.map((ids, i) => ({
        promptIds: ids,
        seeds: Array.from({ length: stage.num_samples }, (_, s) =>
          hash32(request.seed, first + i, s),
        ),
      })),
      {
        ...stage,
        stopIds: stopIds(tokenizer, model.config.eosTokenIds),
        signal: session.signal,
        onProgress: (p) =>
          session.progress(
            first + Math.floor((chunk.length * p.finished) / p.total),
            problems.length,
            "problems",
            "sampling",
            tokens + p.tokens,
          ),
      },
    );
    const samples = chunk.flatMap((problem, i) =>
      (completions[i] ?? []).map((completion, sampleIndex): EvaluationSample => {
        const text = completionText(tokenizer, completion);
        tokens += completion.ids.length;
        return {
          problemIndex: first + i,
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
    session.meter.addForward(
      prompts.reduce((sum, ids) => sum + ids.length, 0) +
        samples.reduce((sum, sample) => sum + sample.tokens, 0),
      model.parameters,
      true,
    );
    all.push(...samples);
    session.emit({ type: "evaluation-samples", samples });
    session.progress(
      Math.min(first + CHUNK, problems.length),
      problems.length,
      "problems",
      "sampling",
      tokens,
      first + CHUNK >= problems.length,
    );
  }
  const summary = summarize(all, {
    task: stage.data.task,
    seed: BOOTSTRAP_SEED,
    temperature: stage.temperature,
    topP: stage.top_p,
    maxTokens: stage.max_completion_length,
    scoring: stage.scoring,
  });
  session.emit({ type: "evaluation", summary });
  sampler.dispose();
  model.dispose();
}
