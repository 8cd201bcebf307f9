/**
 * A stage's teacher behind an endpoint: completions that are kept are given again, the others are asked for, a few at a
 * time. A completion is kept under all that it depends on, its seed among it.
 */
import { AppError } from "#shared/errors.ts";
import type { StageQuestion, TaughtCompletion } from "#shared/schema/engine-protocol.ts";
import { TaughtCompletion as Kept } from "#shared/schema/engine-protocol.ts";
import type { EndpointTeacher } from "#shared/schema/stages/endpoint-teacher.ts";
import type { SamplingOptions } from "#shared/schema/stages/stage-options.ts";
import { joinReasoning } from "#shared/schema/record-text.ts";
import type { RunId } from "#shared/schema/run.ts";
import { sha256Of } from "#main/platform/canonical-json.ts";
import type { PauseSwitch } from "#main/processes/engine/pause-switch.ts";
import { inParallel } from "./in-parallel.ts";
import { PaidEndpoint } from "./paid-endpoint.ts";
import type { PaidHost } from "./paid-endpoint.ts";

export interface TeacherUse {
  readonly teacher: EndpointTeacher;
  readonly sampling: Pick<SamplingOptions, "temperature" | "top_p" | "max_completion_length">;
  readonly runId: RunId;
  /** While it is set nothing new is asked. */
  readonly pause: PauseSwitch;
}

type Prompt = Extract<StageQuestion, { kind: "teacher" }>["prompts"][number];

/** Codes of failures that are about one prompt, not about the teacher. */
const ABOUT_THE_PROMPT = new Set(["BAD_INPUT", "PROMPT_TOO_LONG"]);
const NOTHING: TaughtCompletion = { text: "", finished: false, tokens: 0 };

export class RemoteTeacher {
  readonly #host: PaidHost;
  readonly #use: TeacherUse;
  readonly #endpoint: PaidEndpoint;

  /** Throws NOT_FOUND and CONFLICT for its endpoint. */
  constructor(host: PaidHost, use: TeacherUse) {
    const { teacher, runId } = use;
    this.#host = host;
    this.#use = use;
    this.#endpoint = new PaidEndpoint(host, teacher.endpoint, teacher.model, {
      runId,
      purpose: "the teacher",
      capUsd: host.store.endpointAnswers.capUsd(runId) ?? teacher.cap,
    });
  }

  /**
   * For each prompt one completion a seed, in order. A prompt that the server refuses has empty ones.
   * @throws AppError SPENDING_CAP, and what the endpoint throws; the signal's reason
   */
  async completions(
    prompts: readonly Prompt[],
    signal: AbortSignal,
  ): Promise<TaughtCompletion[][]> {
    const found = prompts.map(({ seeds }) => seeds.map(() => NOTHING));
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    // First samples of all prompts, then second ones: what is there when it ends early is spread over the prompts.
    const places = prompts
      .flatMap((prompt, place) => prompt.seeds.map((seed, sample) => ({ place, sample, seed })))
      .toSorted((a, b) => a.sample - b.sample || a.place - b.place);
    try {
      const tasks = places.map(({ place, sample, seed }) => async (): Promise<void> => {
        const prompt = prompts[place];
        const own = found[place];
        if (prompt === undefined || own === undefined) return;
        own[sample] = await this.#completion(prompt.messages, seed, either);
      });
      for await (const _ of inParallel(tasks, this.#endpoint.endpoint.requestsAtOnce));
    } finally {
      ended.abort(new Error("no more completions are wanted"));
    }
    return found;
  }

  async #completion(
    messages: Prompt["messages"],
    seed: number,
    signal: AbortSignal,
  ): Promise<TaughtCompletion> {
    const { store, now } = this.#host;
    const { sampling, teacher, pause } = this.#use;
    const { endpoint } = this.#endpoint;
    const ask = {
      prompt: { messages },
      temperature: sampling.temperature,
      top_p: sampling.top_p,
      max_tokens: sampling.max_completion_length,
      seed,
    };
    const key = sha256Of({ teacher: endpoint.id, model: endpoint.model, ...ask });
    const kept = store.endpointAnswers.find(key);
    if (kept !== undefined) return Kept.parse(kept);
    await pause.passed(signal);
    try {
      return await this.#endpoint.ask(
        ask,
        signal,
        { timeoutMs: teacher.timeout * 1000 },
        (answer) => {
          const completion = {
            text: textOf(answer),
            finished: answer.finishReason !== "length",
            tokens: answer.completionTokens,
          };
          store.endpointAnswers.keep(key, completion, now());
          return completion;
        },
      );
    } catch (error) {
      if (!(error instanceof AppError) || !ABOUT_THE_PROMPT.has(error.code)) throw error;
      return NOTHING;
    }
  }
}

/** The thinking that came apart stands before the text again; what no file can keep is replaced. */
function textOf({ text, reasoning }: { text: string; reasoning: string | null }): string {
  const joined = joinReasoning({ reasoning, content: text });
  return joined.toWellFormed().replaceAll("\0", "\uFFFD");
}
