/** Samples solutions of training problems and keeps the right ones: for rejection sampling and distillation. */
import { readFileSync } from "node:fs";
import type { SamplingOptions, TaskSource } from "#shared/schema/recipe.ts";
import { deriveSeed, hash32 } from "#main/platform/random.ts";
import { writeTextAtomically } from "../checkpoint/atomic-write.ts";
import { loadLanguageModel } from "../model/language-model.ts";
import { answerReward } from "../rewards/answer.ts";
import { formatReward } from "../rewards/format.ts";
import { Sampler } from "../sampling/sampler.ts";
import { drawProblems } from "../tasks/split.ts";
import type { Problem } from "../tasks/task.ts";
import { loadTokenizer } from "../tokenizer/tokenizer.ts";
import { completionText, promptIds, stopIds } from "./prompts.ts";
import type { StageSession } from "./stage-session.ts";

export type TraceOptions = SamplingOptions & {
  readonly data: TaskSource;
  readonly num_prompts: number;
  readonly num_generations: number;
  readonly max_per_prompt: number;
};

/** Prompts sampled between two looks at whether the stage is to end. */
const CHUNK = 128;

type Trace = { readonly problem: Problem; readonly text: string };

/**
 * Different right solutions, at most `max_per_prompt` of a prompt, written to `file` as JSONL of
 * {messages, problemId, difficulty}. Returns how many.
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
  const sampler = new Sampler(runtime, model);
  const problems = drawProblems({
    source: options.data,
    split: "train",
    seed: deriveSeed(request.seed, "traces"),
    count: options.num_prompts,
  });
  session.started(model.parameters, options.num_prompts);
  const traces: Trace[] = [];
  let tokens = 0;
  let sampled = 0;
  for (let first = 0; first < problems.length; first += CHUNK) {
    await session.boundary();
    const chunk = problems.slice(first, first + CHUNK);
    const prompts = chunk.map((problem) => promptIds(tokenizer, problem));
    const completions = await sampler.generate(
      prompts.map((ids, i) => ({
        promptIds: ids,
        seeds: Array.from({ length: options.num_generations }, (_, s) =>
          hash32(request.seed, first + i, s),
        ),
      })),
      {
        ...options,
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
    chunk.forEach((problem, i) => {
      const right = new Set<string>();
      for (const completion of completions[i] ?? []) {
        tokens += completion.ids.length;
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
      session.meter.addForward(
        (prompts[i]?.length ?? 0) +
          (completions[i] ?? []).reduce((sum, c) => sum + c.ids.length, 0),
        model.parameters,
        true,
      );
      traces.push(
        ...[...right].slice(0, options.max_per_prompt).map((text) => ({ problem, text })),
      );
    });
    session.metrics(Math.min(first + CHUNK, problems.length), {
      traces_kept: traces.length,
      completions_sampled: sampled,
      tokens_sampled: tokens,
    });
    session.progress(
      Math.min(first + CHUNK, problems.length),
      problems.length,
      "problems",
      "sampling",
      tokens,
      first + CHUNK >= problems.length,
    );
  }
  const lines = traces.map(({ problem, text }) =>
    JSON.stringify({
      messages: [
        { role: "user", content: problem.prompt },
        { role: "assistant", content: text },
      ],
      problemId: problem.id,
      difficulty: problem.difficulty,
    }),
  );
  writeTextAtomically(file, lines.map((line) => `${line}\n`).join(""));
  sampler.dispose();
  model.dispose();
  return traces.length;
}

/** Lines of a traces file. */
export function countLines(file: string): number {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "").length;
}
