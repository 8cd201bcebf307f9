/** Stage `benchmark`: held-out problems, k samples each, scored by rule, with intervals. */
import type { EvaluationSample } from "#shared/schema/engine-protocol.ts";
import type { BenchmarkStage } from "#shared/schema/stages/benchmark-stage.ts";
import { summarize } from "#main/core/evaluation/summarize.ts";
import { loadLanguageModel } from "../model/language-model.ts";
import { judgeTexts } from "#main/core/verifiers/judging/judge-texts.ts";
import { setNameOf, sourcesOf } from "#main/core/problems/problem-supply.ts";
import { isOutside } from "#main/core/problems/outside/outside-task.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { completionText } from "./rollouts/completion-text.ts";
import { sampleProblems } from "./traces/sample-problems.ts";
import { benchmarkProblems } from "./session/benchmark-problems.ts";
import type { StageSession } from "./session/stage-session.ts";

const BOOTSTRAP_SEED = 1;

export async function runBenchmark(session: StageSession, stage: BenchmarkStage): Promise<void> {
  const folder = session.modelFolder("model");
  const tokenizer = loadTokenizer(folder);
  const model = loadLanguageModel(session.runtime, folder);
  const problems = await benchmarkProblems(session, stage, session.request.datasetFile);
  session.started(model.parameters, problems.length);
  const all: EvaluationSample[] = [];
  const { num_samples: k } = stage;
  for await (const chunk of sampleProblems(session, model, tokenizer, problems, k, stage)) {
    const sampled = chunk.problems.flatMap((problem, i) =>
      (chunk.completions[i] ?? []).map((completion, sampleIndex) => {
        const text = completionText(tokenizer, completion);
        return { problem, text, i, completion, sampleIndex };
      }),
    );
    // eslint-disable-next-line no-await-in-loop
    const scores = await judgeTexts(sampled, session.judging(stage.scoring, stage.answer_format));
    const samples = sampled.map(
      ({ problem, text, i, completion, sampleIndex }, at): EvaluationSample => {
        const { answer = null, correct = false } = scores[at] ?? {};
        return {
          problemIndex: chunk.first + i,
          sampleIndex,
          problemId: problem.id,
          difficulty: problem.difficulty,
          prompt: problem.prompt,
          gold: problem.gold ?? "",
          completion: text,
          answer,
          correct,
          finishReason: completion.finishReason,
          tokens: completion.ids.length,
        };
      },
    );
    all.push(...samples);
    session.emit({ type: "evaluation-samples", samples });
  }
  const summary = summarize(all, {
    task: subjectOf(stage),
    verifier: verifiersOf(problems),
    versions: await versionsOf(session, problems),
    seed: BOOTSTRAP_SEED,
    temperature: stage.temperature,
    topP: stage.top_p,
    maxTokens: stage.max_completion_length,
    scoring: stage.scoring,
  });
  session.emit({ type: "evaluation", summary });
  model.dispose();
}

/** What was asked, by name: tasks and problem sets, each once. */
function subjectOf({ data }: BenchmarkStage): string {
  if ("benchmark" in data) return data.benchmark;
  const names = sourcesOf(data).map((source) =>
    "task" in source ? source.task : setNameOf(source.problems),
  );
  return [...new Set(names)].join(" + ");
}

/** Every verifier that judged, each once. */
function verifiersOf(problems: readonly Problem[]): string[] {
  return [...new Set(problems.map(({ verifier }) => verifier.name))].toSorted();
}

/** Of verifiers that run elsewhere. */
async function versionsOf(
  { outside }: StageSession,
  problems: readonly Problem[],
): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  for (const { verifier } of problems) {
    if (!isOutside(verifier.name) || versions.has(verifier.name)) continue;
    versions.set(verifier.name, (await outside.ofVerifier(verifier)).version);
  }
  return versions;
}
