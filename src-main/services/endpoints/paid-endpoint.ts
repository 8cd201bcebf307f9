/**
 * An endpoint that is asked for one purpose of one run: no request is made that might pass the cap, and what a request
 * cost is written down together with what it brought.
 */
import { setTimeout } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type { Endpoint } from "#shared/schema/endpoint.ts";
import type { RunId } from "#shared/schema/run.ts";
import { priceText, usdText } from "#shared/usd-text.ts";
import type { Store } from "#main/store/store.ts";
import { Budget } from "./budget.ts";
import { EndpointClient } from "./endpoint-client.ts";
import type { AskLimits, EndpointAnswer, EndpointAsk } from "./endpoint-client.ts";
import type { Endpoints } from "./endpoints.ts";
import { isPriced, mostCost, tokenCost, tokensOf } from "./token-cost.ts";

/** What of the application endpoints are asked through. */
export interface PaidHost {
  readonly store: Store;
  readonly endpoints: Endpoints;
  readonly now: () => number;
  /** Between attempts; by default the machine's own timer. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** For whom it is asked. */
export interface Payer {
  /** null: outside of a run. */
  readonly runId: RunId | null;
  /** A judge's name, or `teacher`. */
  readonly purpose: string;
  readonly capUsd: number | undefined;
}

export class PaidEndpoint {
  readonly endpoint: Endpoint;
  readonly #host: PaidHost;
  readonly #payer: Payer;
  readonly #client: EndpointClient;
  readonly #budget: Budget;
  #costUsd: number | null = 0;
  #unpricedTokens = 0;
  #released = Promise.withResolvers<void>();

  /** Throws NOT_FOUND, CONFLICT, BAD_RECIPE for a cap without prices, and NOT_ALLOWED for a key that cannot be opened. */
  constructor(host: PaidHost, name: string, model: string | undefined, payer: Payer) {
    const found = host.endpoints.named(name);
    this.endpoint = model === undefined ? found : { ...found, model };
    if (payer.capUsd !== undefined && !isPriced(this.endpoint))
      throw new AppError(
        "BAD_RECIPE",
        `The endpoint ${name} has no prices, so a cap of ${priceText(payer.capUsd)} cannot be kept.`,
        "Give it prices under Settings, or leave the cap out.",
      );
    this.#host = host;
    this.#payer = payer;
    this.#client = new EndpointClient(this.endpoint, host.endpoints.keyOf(found.id), {
      now: host.now,
      sleep:
        host.sleep ??
        (async (ms, signal) => {
          await setTimeout(ms, undefined, { signal });
        }),
      random: Math.random,
    });
    this.#budget = new Budget(payer.capUsd ?? Infinity);
    if (payer.runId !== null)
      this.#budget.spend(host.store.endpointAnswers.spentUsd(payer.runId, payer.purpose));
  }

  /** Dollars of what was asked through this one; null where the cost of some of it is not known. */
  get costUsd(): number | null {
    return this.#costUsd;
  }

  /** Of what was asked through this one and has no price. */
  get unpricedTokens(): number {
    return this.#unpricedTokens;
  }

  /**
   * @param keep what is kept of the answer, in one transaction with its cost
   * @throws AppError SPENDING_CAP, and what the endpoint's client throws; the signal's reason
   */
  async ask<T>(
    ask: EndpointAsk,
    signal: AbortSignal,
    limits: AskLimits,
    keep: (answer: EndpointAnswer) => T,
  ): Promise<T> {
    const mostUsd = mostCost(this.endpoint, ask.prompt, ask.max_tokens);
    while (!this.#budget.allows(mostUsd)) {
      // What is on its way will cost less than it might.
      if (!this.#budget.hasReserved) throw this.#capReached(mostUsd);
      await this.#released.promise;
      signal.throwIfAborted();
    }
    this.#budget.reserve(mostUsd);
    try {
      const answer = await this.#client.complete(ask, signal, limits);
      const costUsd = tokenCost(this.endpoint, answer);
      this.#budget.spend(costUsd ?? mostUsd);
      if (costUsd === null) this.#unpricedTokens += tokensOf(answer);
      this.#costUsd = costUsd === null || this.#costUsd === null ? null : this.#costUsd + costUsd;
      const { store, now } = this.#host;
      return store.transaction(() => {
        store.endpointAnswers.addRequest({
          runId: this.#payer.runId,
          purpose: this.#payer.purpose,
          endpoint: this.endpoint.name,
          model: this.endpoint.model,
          promptTokens: answer.promptTokens,
          completionTokens: answer.completionTokens,
          costUsd,
          mostUsd,
          timeMs: now(),
        });
        return keep(answer);
      });
    } finally {
      this.#budget.release(mostUsd);
      this.#released.resolve();
      this.#released = Promise.withResolvers();
    }
  }

  #capReached(mostUsd: number): AppError {
    const { purpose, runId, capUsd } = this.#payer;
    const pipeline = runId === null ? null : this.#host.store.runs.get(runId).pipelineId;
    return new AppError(
      "SPENDING_CAP",
      `The cap of ${priceText(capUsd ?? 0)} for ${purpose} (${this.endpoint.name}) is reached: ${usdText(this.#budget.spent)} are spent, and the next request may cost ${usdText(mostUsd)}.`,
      pipeline === null
        ? "Raise the cap."
        : `gradus runs resume ${pipeline} --cap DOLLARS goes on where it stopped; nothing is paid twice.`,
    );
  }
}
