/** Samples solutions of training problems and keeps the right ones: for rejection sampling and distillation. */
import { readFileSync } from "node:fs";
import type { SamplingOptions, TaskSource } from "#shared/schema/recipe.ts";
import { deriveSeed } from "#main/platform/random.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import { loadLanguageModel } from "../model/language-model.ts";
import { answerReward } from "#main/core/rewards/answer.ts";
import { formatReward } from "#main/core/rewards/format.ts";
import { drawProblems } from "#main/core/problems/draw-problems.ts";
import type { Problem } from "#main/core/problems/task.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { completionText } from "./completion-text.ts";
import { sampleProblems } from "./sample-problems.ts";
import type { StageSession } from "./session/stage-session.ts";

export type TraceOptions = SamplingOptions & {
  readonly data: TaskSource;
  readonly num_prompts: number;
  readonly num_generations: number;
  readonly max_per_prompt: number;
  readonly bf16: boolean;
};

type Trace = { readonly problem: Problem; readonly text: string };

/**
 * Different right solutions, at most `max_per_prompt` of a prompt, written to `file` as JSONL of
 * {messages, problemId, difficulty, task, gold, problem_data}: what a dataset needs to verify them. Returns how many.
 */
export async function collectTraces(
  session: StageSession,
  folder: string,
  file: string,
  options: TraceOptions,
): Promise<number> {
  const { runtime, request } = session;
  const tokenizer = loadTokenizer(folder);
  const model = loadLanguageModel(runtime, folder);
  const problems = drawProblems({
    source: options.data,
    split: "train",
    seed: deriveSeed(request.seed, "traces"),
    count: options.num_prompts,
  });
  session.started(model.parameters, options.num_prompts);
  const traces: Trace[] = [];
  let sampled = 0;
  const { num_generations: n } = options;
  for await (const chunk of sampleProblems(session, model, tokenizer, problems, n, options)) {
    chunk.problems.forEach((problem, i) => {
      const right = new Set<string>();
      for (const completion of chunk.completions[i] ?? []) {
        sampled++;
        const text = completionText(tokenizer, completion);
        const input = {
          problem,
          completionText: text,
          completionTokens: completion.ids.length,
          finished: completion.finishReason === "stop",
          maxCompletionLength: options.max_completion_length,
        };
        if (input.finished && answerReward(input) === 1 && formatReward(input) === 1)
          right.add(text);
      }
      traces.push(
        ...[...right].slice(0, options.max_per_prompt).map((text) => ({ problem, text })),
      );
    });
    session.metrics(chunk.done, {
      traces_kept: traces.length,
      completions_sampled: sampled,
      tokens_sampled: chunk.tokens,
    });
  }
  const lines = traces.map(({ problem, text }) =>
    JSON.stringify({
      messages: [
        { role: "user", content: problem.prompt },
        { role: "assistant", content: text },
      ],
      problemId: problem.id,
      difficulty: problem.difficulty,
      task: problem.task,
      gold: problem.gold,
      problem_data: problem.data,
    }),
  );
  writeTextAtomically(file, lines.map((line) => `${line}\n`).join(""));
  model.dispose();
  return traces.length;
}

/** Lines of a traces file. */
export function countLines(file: string): number {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "").length;
}
