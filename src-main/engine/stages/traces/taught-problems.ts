/** Solutions of many problems by a teacher behind an endpoint, whom the host asks. */
import type { PromptOptions } from "#shared/schema/stages/stage-options.ts";
import { MAX_SEED } from "#shared/schema/inference.ts";
import { hash32 } from "#main/platform/random.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { askedMessages } from "#main/core/text/prompt-ids.ts";
import type { StageSession } from "../session/stage-session.ts";
import type { SolvedChunk } from "./solved-chunk.ts";

/** What was answered is kept by the host, so the chunks are for what is shown. */
const PROBLEMS_AT_ONCE = 32;

/** `samples` solutions of each problem; a solution's seed depends on the stage's and on its place alone. */
export async function* taughtProblems(
  session: StageSession,
  problems: readonly Problem[],
  samples: number,
  options: PromptOptions,
): AsyncGenerator<SolvedChunk> {
  const { seed } = session.request;
  const tokenizer = loadTokenizer(session.modelFolder("model"));
  let tokens = 0;
  for (let first = 0; first < problems.length; first += PROBLEMS_AT_ONCE) {
    await session.boundary();
    session.progress(first, problems.length, "problems", "sampling", tokens, true);
    const chunk = problems.slice(first, first + PROBLEMS_AT_ONCE);
    const prompts = chunk.map((problem, i) => ({
      messages: askedMessages(problem, options),
      seeds: Array.from({ length: samples }, (_, s) => hash32(seed, first + i, s) & MAX_SEED),
    }));
    const answer = await session.ask({ kind: "teacher", prompts }, "sampling");
    if (answer.kind !== "teacher")
      throw new Error("the host gave a teacher's question another answer");
    for (const { tokens: own } of answer.completions.flat()) tokens += own ?? 0;
    const done = first + chunk.length;
    const solutions = answer.completions.map((own) =>
      own.map(({ text, finished }) => ({
        text,
        finished,
        // The server's own count is by another tokenizer, where it counts at all.
        tokens: tokenizer.encode(text, { addSpecialTokens: false }).length,
      })),
    );
    yield { problems: chunk, solutions, done, tokens, timeMs: Date.now() };
    session.progress(done, problems.length, "problems", "sampling", tokens, true);
  }
}
