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
import { PROBLEMS_AT_ONCE } from "#main/core/resources/cache-shape.ts";
import { promptIds } from "#main/core/text/prompt-ids.ts";
import type { AskedProblem } from "#main/core/text/prompt-ids.ts";

export type SampledChunk<P> = {
  /** Number of the chunk's first problem. */
  readonly first: number;
  readonly problems: readonly P[];
  /** Completions of each problem, in the problems' order. */
  readonly completions: readonly (readonly Completion[])[];
  /** Problems and tokens done so far, this chunk included. */
  readonly done: number;
  readonly tokens: number;
};

/** `samples` completions of each problem; a completion's noise depends on the stage's seed and its place alone. */
export async function* sampleProblems<P extends AskedProblem>(
  session: StageSession,
  model: LanguageModel,
  tokenizer: Tokenizer,
  problems: readonly P[],
  samples: number,
  options: SamplingOptions & PromptOptions & { readonly bf16: boolean },
): AsyncGenerator<SampledChunk<P>> {
  trainingPrecision(session, options);
  const precision = samplingPrecision(session.runtime, options.bf16);
  const sampler = new Sampler(session.runtime, model, { precision, maxRows: session.samplerRows });
  const { seed } = session.request;
  const total = problems.length;
  let tokens = 0;
  for (let first = 0; first < total; first += PROBLEMS_AT_ONCE) {
    await session.boundary();
    const chunk = problems.slice(first, first + PROBLEMS_AT_ONCE);
    const prompts = chunk.map((problem) => promptIds(tokenizer, problem, options));
    const before = tokens;
    const completions = await sampler.generate(
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
    const sampled = completions.flat().reduce((sum, { ids }) => sum + ids.length, 0);
    tokens += sampled;
    for (const [i, own] of completions.entries())
      session.meter.addSampling(
        model,
        prompts[i]?.length ?? 0,
        own.map(({ ids }) => ids.length),
      );
    const done = first + chunk.length;
    yield { first, problems: chunk, completions, done, tokens };
    session.progress(done, total, "problems", "sampling", tokens, done === total);
  }
  sampler.dispose();
}
