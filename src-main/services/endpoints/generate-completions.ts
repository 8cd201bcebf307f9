/**
 * Completions of many prompts from a teacher: a model of the workspace in a process that serves it, or an endpoint
 * that speaks OpenAI's API. They come as they are done, in no order; each says what it cost.
 */
import { setTimeout } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import { InferenceOptions, MAX_SEED } from "#shared/schema/inference.ts";
import type { InferencePrompt } from "#shared/schema/inference.ts";
import { machineFacts } from "#main/platform/machine.ts";
import { hash32 } from "#main/platform/random.ts";
import type { InferencePool } from "#main/processes/inference/inference-pool.ts";
import type { Store } from "#main/store/store.ts";
import { Budget } from "./budget.ts";
import { EndpointClient } from "./endpoint-client.ts";
import type { Endpoints } from "./endpoints.ts";
import type { ModelRegistry } from "../models/model-registry.ts";
import { inParallel } from "./in-parallel.ts";
import { mostCost, tokenCost } from "./token-cost.ts";

export type Teacher =
  /** A model's name, a run's id or a folder. */
  { readonly model: string } | { readonly endpointId: string };

export type GenerationRequest = {
  readonly teacher: Teacher;
  readonly prompts: readonly InferencePrompt[];
  /** Samples of each prompt. */
  readonly n: number;
  /** Samples that are there already, as `${prompt}:${sample}`: they are not asked for again. */
  readonly skip?: ReadonlySet<string>;
  readonly temperature: number;
  readonly top_p: number;
  readonly max_tokens: number;
  readonly seed: number;
  /** Nothing is asked that might pass it. Endpoints without prices do not count towards it. */
  readonly budgetUsd?: number;
};

export type GeneratedSample = {
  /** Place of the prompt in the request. */
  readonly prompt: number;
  /** 0 … n − 1. */
  readonly sample: number;
  readonly text: string;
  /** Where the teacher gives it apart from the text. */
  readonly reasoning: string | null;
  /** "length" where it was cut off. */
  readonly finishReason: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  /** null: the endpoint has no price, or did not count tokens. */
  readonly costUsd: number | null;
};

export type GenerationEvent =
  | ({ readonly type: "sample" } & GeneratedSample)
  /** This prompt was refused; the others go on. */
  | {
      readonly type: "refused";
      readonly prompt: number;
      readonly sample: number;
      readonly error: AppError;
    }
  /** The budget does not allow the samples that are left; the last event. */
  | { readonly type: "budget"; readonly left: number };

/** What of the application teachers are asked through. */
export type GenerationHost = {
  readonly store: Store;
  readonly models: ModelRegistry;
  readonly inference: InferencePool;
  readonly endpoints: Endpoints;
  readonly now: () => number;
};

type Place = { readonly prompt: number; readonly sample: number };
type Answer = Omit<GeneratedSample, "prompt" | "sample" | "costUsd">;

/** A teacher as what it takes to ask it. */
type TeacherClient = {
  readonly atOnce: number;
  ask(prompt: InferencePrompt, seed: number, signal: AbortSignal): Promise<Answer>;
  /** What an answer cost, once it is there. */
  costOf(answer: Answer): number | null;
  /** What a request may cost at most. */
  mostOf(prompt: InferencePrompt): number;
};

/** Rows of a batch; more would only wait in the process. */
const LOCAL_AT_ONCE = 64;
/** Codes of failures that are about one prompt, not about the teacher. */
const ABOUT_THE_PROMPT = new Set(["BAD_INPUT", "PROMPT_TOO_LONG"]);

/** Each sample's seed depends on the request's and on its place alone. Throws what is wrong with the teacher. */
export async function* generateCompletions(
  app: GenerationHost,
  request: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent> {
  const teacher =
    "model" in request.teacher
      ? localTeacher(app, request.teacher.model, request)
      : endpointTeacher(app, request.teacher.endpointId, request);
  const places = placesOf(request);
  const budget = new Budget(request.budgetUsd ?? Infinity);
  let begun = 0;
  // Whoever stops reading ends what is still being asked.
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  function* tasks(): Generator<(() => Promise<GenerationEvent>) | null> {
    for (const place of places) {
      const prompt = request.prompts[place.prompt];
      if (prompt === undefined) continue;
      const most = teacher.mostOf(prompt);
      while (!budget.allows(most)) {
        // What is on its way will cost less than it might.
        if (!budget.hasReserved) return;
        yield null;
      }
      begun++;
      budget.reserve(most);
      yield async () => {
        try {
          const seed = hash32(request.seed, place.prompt, place.sample) & MAX_SEED;
          const answer = await teacher.ask(prompt, seed, either);
          const costUsd = teacher.costOf(answer);
          budget.spend(costUsd ?? 0);
          return { type: "sample", ...place, ...answer, costUsd };
        } catch (error) {
          if (!(error instanceof AppError) || !ABOUT_THE_PROMPT.has(error.code)) throw error;
          return { type: "refused", ...place, error };
        } finally {
          budget.release(most);
        }
      };
    }
  }
  try {
    yield* inParallel(tasks(), teacher.atOnce);
    if (begun < places.length) yield { type: "budget", left: places.length - begun };
  } finally {
    ended.abort(new Error("no more samples are wanted"));
  }
}

/** First samples of all prompts, then second ones: what is there when it ends early is spread over the prompts. */
function placesOf({ prompts, n, skip }: GenerationRequest): Place[] {
  return Array.from({ length: n }, (_, sample) =>
    prompts.map((_prompt, prompt) => ({ prompt, sample })),
  )
    .flat()
    .filter(({ prompt, sample }) => skip?.has(`${prompt}:${sample}`) !== true);
}

function localTeacher(
  app: GenerationHost,
  name: string,
  request: GenerationRequest,
): TeacherClient {
  const folder = app.models.resolve(name);
  const { prices, runtime } = app.store.settings.get();
  const usdPerMs = (machineFacts().cpuCores * prices.usdPerCpuCoreHour) / 3_600_000;
  let countedMs = performance.now();
  return {
    atOnce: LOCAL_AT_ONCE,
    ask: async (prompt, seed, signal) => {
      const { temperature, top_p, max_tokens } = request;
      const options = InferenceOptions.parse({ temperature, top_p, max_tokens, seed });
      let text = "";
      let promptTokens = 0;
      let completionTokens = 0;
      let finishReason: string | null = null;
      const events = app.inference.complete(folder, runtime, prompt, options, signal);
      for await (const event of events) {
        if (event.type === "begun") ({ promptTokens } = event);
        else if (event.type === "pieces") text += event.pieces.map((piece) => piece.text).join("");
        else if (event.type === "finished") {
          finishReason = event.reason;
          completionTokens = event.tokens;
        }
      }
      return { text, reasoning: null, finishReason, promptTokens, completionTokens };
    },
    // Samples share the machine: each is charged the time since the one before, so that all add up to the whole.
    costOf: () => {
      const now = performance.now();
      const cost = (now - countedMs) * usdPerMs;
      countedMs = now;
      return cost;
    },
    mostOf: () => 0,
  };
}

function endpointTeacher(
  app: GenerationHost,
  id: string,
  request: GenerationRequest,
): TeacherClient {
  const endpoint = app.endpoints.get(id);
  const client = new EndpointClient(endpoint, app.endpoints.keyOf(id), {
    now: app.now,
    sleep: async (ms, signal) => {
      await setTimeout(ms, undefined, { signal });
    },
    random: Math.random,
  });
  const { temperature, top_p, max_tokens } = request;
  return {
    atOnce: endpoint.requestsAtOnce,
    ask: async (prompt, seed, signal) => {
      const answer = await client.complete(
        { prompt, temperature, top_p, max_tokens, seed },
        signal,
      );
      const costUsd = tokenCost(endpoint, answer);
      // What has a price is charged with its job; what has none would be nowhere else.
      if (costUsd === null)
        app.store.endpointAnswers.addRequest({
          runId: null,
          purpose: "generated data",
          endpoint: endpoint.name,
          model: endpoint.model,
          promptTokens: answer.promptTokens,
          completionTokens: answer.completionTokens,
          costUsd,
          mostUsd: mostCost(endpoint, prompt, max_tokens),
          timeMs: app.now(),
        });
      return answer;
    },
    costOf: (answer) => tokenCost(endpoint, answer),
    mostOf: (prompt) => mostCost(endpoint, prompt, max_tokens),
  };
}
