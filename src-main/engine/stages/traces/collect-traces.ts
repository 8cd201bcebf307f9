/** Solutions of training problems, of which some are kept: for rejection sampling and distillation. */
import { readFileSync } from "node:fs";
import { acceptanceMetrics, REJECTION_WORDS } from "#shared/schema/acceptance.ts";
import type { Acceptance } from "#shared/schema/acceptance.ts";
import type { ProblemData } from "#shared/schema/stages/problem-data.ts";
import type { PromptOptions, SamplingOptions } from "#shared/schema/stages/stage-options.ts";
import type { TraceSelection as TraceSelectionOptions } from "#shared/schema/stages/trace-options.ts";
import { deriveSeed } from "#main/platform/random.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import { TraceSelection } from "#main/core/curation/trace-selection.ts";
import { loadLanguageModel } from "../../model/language-model.ts";
import { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { isOutside } from "#main/core/problems/outside/outside-task.ts";
import { findRuledTask } from "#main/core/problems/registry.ts";
import { askedMessages } from "#main/core/text/prompt-ids.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { completionText } from "../rollouts/completion-text.ts";
import { keepTraces } from "./keep-traces.ts";
import type { Trace } from "./keep-traces.ts";
import { sampleProblems } from "./sample-problems.ts";
import type { SolvedChunk } from "./solved-chunk.ts";
import { taughtProblems } from "./taught-problems.ts";
import { MOST_COMPARED, warnOfOverlap } from "../session/overlap-alarm.ts";
import { preparing, suppliesOf } from "../session/stage-problems.ts";
import type { StageSession } from "../session/stage-session.ts";

export type TraceOptions = SamplingOptions &
  PromptOptions &
  TraceSelectionOptions & {
    readonly data: ProblemData;
    readonly num_prompts: number;
    readonly num_generations: number;
    readonly bf16: boolean;
  };

/** Who solves them: a model's folder, or the stage's teacher behind an endpoint. */
export type Solver = { readonly folder: string } | { readonly endpoint: string };

/**
 * Different solutions that the stage's options keep, written to `file` as JSONL of
 * {messages, problemId, difficulty, gold}, and of tasks {task, problem_data}: what a dataset needs to verify them.
 */
export async function collectTraces(
  session: StageSession,
  solver: Solver,
  file: string,
  options: TraceOptions,
): Promise<Acceptance> {
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
  await warnOfOverlap(session, () => problems.slice(0, MOST_COMPARED), options);
  const traces: Trace[] = [];
  const selection = new TraceSelection(options);
  for await (const chunk of solved(session, solver, problems, options)) {
    traces.push(...(await keepTraces(session, chunk, selection, options)));
    const counts = {
      ...acceptanceMetrics(selection.report()),
      tokens_sampled: chunk.tokens,
    };
    session.metrics(chunk.done, counts, chunk.timeMs);
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
  return selection.report();
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
        tokens: completion.ids.length,
      })),
    );
    yield { ...chunk, solutions };
  }
  model.dispose();
}

/** Why nothing was kept, for the error's message. */
export function nothingKept({ sampled, rejected }: Acceptance): string {
  const reasons = rejected
    .toSorted((a, b) => b.count - a.count)
    .map(({ reason, count }) => `${count} ${REJECTION_WORDS[reason]}`);
  return `of ${sampled} that were sampled, ${reasons.join(", ")}`;
}

/** Lines of a traces file. */
export function countLines(file: string): number {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "").length;
}
