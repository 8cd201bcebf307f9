/** Samples completions of many problems, some at a time: the stage can end between two looks, and progress is told. */
import type { PromptOptions, SamplingOptions } from "#shared/schema/stages/stage-options.ts";
import { hash32 } from "#main/platform/random.ts";
import type { LanguageModel } from "../../model/language-model.ts";
import type { Completion } from "../../sampling/cache-row.ts";
import { samplingPrecision } from "../../sampling/decode-weights.ts";
import { Sampler } from "../../sampling/sampler.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import { stopIds } from "#main/core/text/templates/stop-ids.ts";
import { trainingPrecision } from "../session/training-precision.ts";
import type { StageSession } from "../session/stage-session.ts";
import { problemsAtOnce } from "#main/core/resources/cache-shape.ts";
import { SAMPLED_ANSWERS, SampledAnswers } from "#main/core/sampled-answers.ts";
import { sha256Of } from "#main/platform/canonical-json.ts";
import { promptIds } from "#main/core/text/prompt-ids.ts";
import type { AskedProblem } from "#main/core/text/prompt-ids.ts";
import { configHash } from "../session/config-hash.ts";

/** What is kept of a completion over an interruption. */
export type SampledAnswer = Pick<Completion, "ids" | "finishReason">;

export type SampledChunk<P> = {
  /** Number of the chunk's first problem. */
  readonly first: number;
  readonly problems: readonly P[];
  /** Completions of each problem, in the problems' order. */
  readonly completions: readonly (readonly SampledAnswer[])[];
  /** Problems and tokens done so far, this chunk included. */
  readonly done: number;
  readonly tokens: number;
  /** When it was sampled, by an earlier attempt it may be. */
  readonly timeMs: number;
};

/**
 * `samples` completions of each problem; a completion's noise depends on the stage's seed and its place alone. What an
 * earlier attempt of the stage sampled is read back.
 */
export async function* sampleProblems<P extends AskedProblem>(
  session: StageSession,
  model: LanguageModel,
  tokenizer: Tokenizer,
  problems: readonly P[],
  samples: number,
  options: SamplingOptions & PromptOptions & { readonly bf16: boolean },
): AsyncGenerator<SampledChunk<P>> {
  trainingPrecision(session, options);
  const answers = SampledAnswers.open(
    session.outPath(SAMPLED_ANSWERS),
    configHash(session.request),
  );
  try {
    const promptsFrom = (first: number, count: number): number[][] =>
      problems.slice(first, first + count).map((problem) => promptIds(tokenizer, problem, options));
    const kept = yield* keptChunks(session, answers, problems, promptsFrom);
    const sampler = new Sampler(session.runtime, model, {
      precision: samplingPrecision(session.runtime, options.bf16),
      maxRows: session.samplerRows,
    });
    const total = problems.length;
    const { seed } = session.request;
    const atOnce = problemsAtOnce(model.parameters, samples, session.runtime.usesGpu);
    let { tokens } = kept;
    for (let first = kept.done; first < total; first += atOnce) {
      await session.boundary();
      const chunk = problems.slice(first, first + atOnce);
      const prompts = promptsFrom(first, atOnce);
      const before = tokens - kept.tokens;
      const sampled = await sampler.generate(
        prompts.map((ids, i) => ({
          promptIds: ids,
          seeds: Array.from({ length: samples }, (_, s) => hash32(seed, first + i, s)),
        })),
        {
          ...options,
          stopIds: stopIds(tokenizer, model.config.eosTokenIds),
          signal: session.signal,
          onProgress: (p) => {
            const done = first + Math.floor((chunk.length * p.finished) / p.total);
            session.progress(done, total, "problems", "sampling", before + p.tokens);
          },
        },
      );
      const completions = sampled.map((own) =>
        own.map(({ ids, finishReason }): SampledAnswer => ({ ids, finishReason })),
      );
      for (const [i, own] of completions.entries())
        session.meter.addSampling(
          model,
          prompts[i]?.length ?? 0,
          own.map(({ ids }) => ids.length),
        );
      const timeMs = Date.now();
      answers.add({
        first,
        prompts: sha256Of(prompts),
        timeMs,
        usage: session.meter.total(),
        completions: completions.map((own) =>
          own.map(({ ids, finishReason }) => ({ ids: [...ids], finishReason })),
        ),
      });
      tokens += tokensOf(completions);
      const done = first + chunk.length;
      yield { first, problems: chunk, completions, done, tokens, timeMs };
      const now = tokens - kept.tokens;
      session.progress(done, total, "problems", "sampling", now, done === total);
    }
    sampler.dispose();
  } finally {
    answers.close();
  }
}

/** What earlier attempts sampled; gives how far they came. */
async function* keptChunks<P>(
  session: StageSession,
  answers: SampledAnswers,
  problems: readonly P[],
  promptsFrom: (first: number, count: number) => number[][],
): AsyncGenerator<SampledChunk<P>, { readonly done: number; readonly tokens: number }> {
  let done = 0;
  let tokens = 0;
  for (;;) {
    await session.boundary();
    const line = answers.next(
      ({ first, completions, prompts }) =>
        first + completions.length <= problems.length &&
        sha256Of(promptsFrom(first, completions.length)) === prompts,
    );
    if (line === null) break;
    const { first, completions, timeMs, usage } = line;
    if (session.resumed === null) session.meter.goOnFrom(usage);
    done += completions.length;
    tokens += tokensOf(completions);
    yield { first, problems: problems.slice(first, done), completions, done, tokens, timeMs };
    session.progress(done, problems.length, "problems", "reading back", null);
  }
  if (done > 0)
    session.log(
      `The answers to ${done} of ${problems.length} problems were sampled before; they are not sampled again.`,
    );
  session.newPhase();
  return { done, tokens };
}

function tokensOf(completions: readonly (readonly SampledAnswer[])[]): number {
  return completions.flat().reduce((sum, { ids }) => sum + ids.length, 0);
}
