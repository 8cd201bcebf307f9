/** Solutions of training problems, of which the right ones are kept: for rejection sampling and distillation. */
import { readFileSync } from "node:fs";
import type { ProblemData } from "#shared/schema/stages/problem-data.ts";
import type { PromptOptions, SamplingOptions } from "#shared/schema/stages/stage-options.ts";
import { deriveSeed } from "#main/platform/random.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import { loadLanguageModel } from "../../model/language-model.ts";
import { formatReward } from "#main/core/rewards/format.ts";
import { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { isOutside } from "#main/core/problems/outside/outside-task.ts";
import { findRuledTask } from "#main/core/problems/registry.ts";
import { askedMessages } from "#main/core/text/prompt-ids.ts";
import { judgeTexts } from "#main/core/verifiers/judging/judge-texts.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { completionText } from "../rollouts/completion-text.ts";
import { sampleProblems } from "./sample-problems.ts";
import type { SolvedChunk } from "./solved-chunk.ts";
import { taughtProblems } from "./taught-problems.ts";
import { preparing, suppliesOf } from "../session/stage-problems.ts";
import type { StageSession } from "../session/stage-session.ts";

export type TraceOptions = SamplingOptions &
  PromptOptions & {
    readonly data: ProblemData;
    readonly num_prompts: number;
    readonly num_generations: number;
    readonly max_per_prompt: number;
    readonly bf16: boolean;
  };

/** Who solves them: a model's folder, or the stage's teacher behind an endpoint. */
export type Solver = { readonly folder: string } | { readonly endpoint: string };

/** What was solved, and how much of it can be learnt from. */
export type Traces = {
  readonly kept: number;
  readonly sampled: number;
  /** Ended by themselves, with the thinking and the answer where they are looked for. */
  readonly wellFormed: number;
};

type Trace = { readonly problem: Problem; readonly text: string };

/**
 * Different right solutions, at most `max_per_prompt` of a prompt, written to `file` as JSONL of
 * {messages, problemId, difficulty, gold}, and of tasks {task, problem_data}: what a dataset needs to verify them.
 */
export async function collectTraces(
  session: StageSession,
  solver: Solver,
  file: string,
  options: TraceOptions,
): Promise<Traces> {
  const { request } = session;
  const supply = new ProblemSupply(options.data, {
    ...suppliesOf(session),
    split: "train",
    seed: deriveSeed(request.seed, "traces"),
  });
  await supply.prepareDistinct(options.num_prompts, preparing(session));
  const problems = supply.distinct(options.num_prompts);
  if (problems.length < options.num_prompts)
    session.log(`The data hold ${problems.length} problems; all of them are asked.`);
  const traces: Trace[] = [];
  let sampled = 0;
  let formed = 0;
  for await (const chunk of solved(session, solver, problems, options)) {
    const wellFormed = chunk.problems.flatMap((problem, i) =>
      (chunk.solutions[i] ?? []).flatMap(({ text, finished }) => {
        sampled++;
        const input = { completionText: text, answerFormat: options.answer_format };
        return finished && formatReward(input) === 1 ? [{ problem, text }] : [];
      }),
    );
    formed += wellFormed.length;
    const scores = await judgeTexts(wellFormed, session.judging("strict", options.answer_format));
    const right = wellFormed.filter((_, at) => scores[at]?.correct === true);
    for (const [problem, own] of Map.groupBy(right, (trace) => trace.problem)) {
      const texts = [...new Set(own.map(({ text }) => text))].slice(0, options.max_per_prompt);
      traces.push(...texts.map((text) => ({ problem, text })));
    }
    session.metrics(chunk.done, {
      traces_kept: traces.length,
      completions_sampled: sampled,
      tokens_sampled: chunk.tokens,
    });
  }
  const lines = traces.map(({ problem, text }) =>
    JSON.stringify({
      messages: [...askedMessages(problem, options), { role: "assistant", content: text }],
      problemId: problem.id,
      difficulty: problem.difficulty,
      ...(findRuledTask(problem.source) === undefined
        ? {}
        : { task: problem.source, problem_data: problem.data }),
      // Its own task alone says what is right: a record is not to be compared with one right answer of several.
      gold: isOutside(problem.verifier.name) ? null : problem.gold,
    }),
  );
  writeTextAtomically(file, lines.map((line) => `${line}\n`).join(""));
  return { kept: traces.length, sampled, wellFormed: formed };
}

function solved(
  session: StageSession,
  solver: Solver,
  problems: readonly Problem[],
  options: TraceOptions,
): AsyncGenerator<SolvedChunk> {
  if ("folder" in solver) return sampledHere(session, solver.folder, problems, options);
  session.started(null, problems.length);
  return taughtProblems(session, problems, options.num_generations, options);
}

async function* sampledHere(
  session: StageSession,
  folder: string,
  problems: readonly Problem[],
  options: TraceOptions,
): AsyncGenerator<SolvedChunk> {
  const tokenizer = loadTokenizer(folder);
  const model = loadLanguageModel(session.runtime, folder);
  session.started(model.parameters, problems.length);
  const { num_generations: n } = options;
  for await (const chunk of sampleProblems(session, model, tokenizer, problems, n, options)) {
    const solutions = chunk.completions.map((own) =>
      own.map((completion) => ({
        text: completionText(tokenizer, completion),
        finished: completion.finishReason === "stop",
      })),
    );
    yield { ...chunk, solutions };
  }
  model.dispose();
}

/** Why nothing was kept, for the error's message. */
export function nothingKept({ sampled: all, wellFormed }: Traces): string {
  return wellFormed === 0
    ? `none of ${all} has a think block and then an answer in the form that the stage asks for`
    : `${wellFormed} of ${all} have the form that the stage asks for, and none of them is right`;
}

/** Lines of a traces file. */
export function countLines(file: string): number {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "").length;
}
