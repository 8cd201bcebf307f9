/**
 * One judge of one run, or of a trial: verdicts that are kept are given again, the others are asked for, a few at a time.
 * A verdict is kept under all that it depends on, so the same completion is paid once, whichever run asks.
 */
import { AppError } from "#shared/errors.ts";
import type { StageVerdict } from "#shared/schema/engine-protocol.ts";
import type { ChatTurn } from "#shared/schema/inference.ts";
import { JudgeVerdictKept } from "#shared/schema/judge.ts";
import { rewardName } from "#shared/schema/reward.ts";
import type { JudgeReward } from "#shared/schema/reward.ts";
import {
  askedOnceMore,
  JUDGE_PROMPT_VERSION,
  judgedText,
  judgeMessages,
} from "#main/core/rewards/judges/judge-prompt.ts";
import type { JudgeQuestion, QuestionedText } from "#main/core/rewards/judges/judge-prompt.ts";
import { readVerdict, rewardOfScore } from "#main/core/rewards/judges/judge-verdict.ts";
import { sha256Of } from "#main/platform/canonical-json.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { PauseSwitch } from "#main/processes/engine/pause-switch.ts";
import { inParallel } from "../endpoints/in-parallel.ts";
import { PaidEndpoint } from "../endpoints/paid-endpoint.ts";
import type { PaidHost } from "../endpoints/paid-endpoint.ts";
import { isPriced, mostCost } from "../endpoints/token-cost.ts";

export interface JudgeUse {
  readonly spec: JudgeReward;
  /** null: each problem's own. */
  readonly rubric: string | null;
  readonly runId: RunId | null;
  /** While it is set nothing new is asked. */
  readonly pause: PauseSwitch;
  /** Where too many verdicts are unusable; by default the spec's. A trial shows them all. */
  readonly maxFailures?: number;
}

/** Codes of failures that are about one text, not about the judge. */
const ABOUT_THE_TEXT = new Set(["BAD_INPUT", "PROMPT_TOO_LONG"]);
/** From so many verdicts on a share of failures means something before all are there. */
const ENOUGH = 20;
/** Fewer failures stop nothing, unless none is allowed. */
const FEW = 3;
const QUOTED = 200;

interface Asked {
  readonly text: QuestionedText;
  readonly question: JudgeQuestion;
  readonly key: string;
}

type Verdict = { readonly score: number; readonly reason: string } | { readonly fault: string };

export class Judge {
  readonly #use: JudgeUse;
  readonly #host: PaidHost;
  readonly #endpoint: PaidEndpoint;
  #judged = 0;
  #unusable = 0;

  /** Throws NOT_FOUND and CONFLICT for its endpoint. */
  constructor(host: PaidHost, use: JudgeUse) {
    const { spec, runId } = use;
    this.#use = use;
    this.#host = host;
    const raised = runId === null ? undefined : host.store.endpointAnswers.capUsd(runId);
    this.#endpoint = new PaidEndpoint(host, spec.judge, spec.model, {
      runId,
      purpose: `the judge ${rewardName(spec)}`,
      capUsd: raised ?? spec.cap,
    });
  }

  /** What its model is called. */
  get model(): string {
    return this.#endpoint.endpoint.model;
  }

  /** Dollars of what it was asked so far; null where the cost of some of it is not known. */
  get costUsd(): number | null {
    return this.#endpoint.costUsd;
  }

  /** Of what has no price. */
  get unpricedTokens(): number {
    return this.#endpoint.unpricedTokens;
  }

  /**
   * One verdict for each text, in order.
   * @throws AppError ENGINE_ERROR where too few verdicts can be used, SPENDING_CAP, and what the endpoint throws; the
   * signal's reason
   */
  async verdicts(
    texts: readonly QuestionedText[],
    signal: AbortSignal,
  ): Promise<readonly StageVerdict[]> {
    const asked = texts.map((text) => this.#questionOf(text));
    const open = new Map(
      asked.flatMap((one) => (one !== null && one.question.text !== "" ? [[one.key, one]] : [])),
    );
    const found = new Map<string, Verdict>();
    const ended = new AbortController();
    const either = AbortSignal.any([signal, ended.signal]);
    try {
      const tasks = [...open.values()].map((one) => async (): Promise<void> => {
        const verdict = this.#kept(one) ?? (await this.#ask(one, either));
        found.set(one.key, verdict);
        this.#count(one, verdict);
      });
      for await (const _ of inParallel(tasks, this.#endpoint.endpoint.requestsAtOnce));
      this.#limitFailures(1, [...open.values()], found);
    } finally {
      ended.abort(new Error("no more verdicts are wanted"));
    }
    return asked.map((one) => this.#verdictOf(one, found));
  }

  /** What of the texts has no verdict yet, and dollars of asking for it at most; null where a price is not known. */
  plan(texts: readonly QuestionedText[]): {
    readonly toAsk: number;
    readonly mostUsd: number | null;
  } {
    const asked = texts.flatMap((text) => this.#questionOf(text) ?? []);
    const open = new Map(
      asked.flatMap((one) =>
        one.question.text === "" || this.#kept(one) !== undefined ? [] : [[one.key, one]],
      ),
    );
    const { endpoint } = this.#endpoint;
    const { scale, max_tokens } = this.#use.spec;
    const costs = [...open.values()].map(({ question }) =>
      mostCost(endpoint, { messages: judgeMessages(question, scale) }, max_tokens),
    );
    return {
      toAsk: open.size,
      mostUsd: isPriced(endpoint) ? costs.reduce((sum, cost) => sum + cost, 0) : null,
    };
  }

  #questionOf(text: QuestionedText): Asked | null {
    const { spec, rubric: common } = this.#use;
    const rubric = common ?? text.rubric;
    if (rubric === null) return null;
    const question = {
      rubric,
      prompt: text.prompt,
      reference: spec.reference ? text.gold : null,
      text: judgedText(text.completion, spec.thinking),
    };
    const { endpoint } = this.#endpoint;
    const key = sha256Of({
      prompt_version: JUDGE_PROMPT_VERSION,
      endpoint: endpoint.id,
      model: endpoint.model,
      scale: spec.scale,
      temperature: spec.temperature,
      max_tokens: spec.max_tokens,
      question,
    });
    return { text, question, key };
  }

  #kept({ key }: Asked): Verdict | undefined {
    const { endpointAnswers: answers } = this.#host.store;
    const kept = answers.find(key);
    if (kept !== undefined) return JudgeVerdictKept.parse(kept);
    const { runId } = this.#use;
    const failure = runId === null ? undefined : answers.failure(runId, key);
    return failure === undefined ? undefined : { fault: failure };
  }

  /** Once, and once more where the answer cannot be used. */
  async #ask(asked: Asked, signal: AbortSignal): Promise<Verdict> {
    const { scale } = this.#use.spec;
    const messages = judgeMessages(asked.question, scale);
    try {
      const first = await this.#answer(asked, messages, signal);
      if (!("fault" in first)) return first;
      const again = askedOnceMore(messages, first.said, first.fault, scale);
      const second = await this.#answer(asked, again, signal);
      return "fault" in second ? this.#failed(asked, second.fault) : second;
    } catch (error) {
      if (!(error instanceof AppError) || !ABOUT_THE_TEXT.has(error.code)) throw error;
      return this.#failed(asked, error.message);
    }
  }

  async #answer(
    { key }: Asked,
    messages: readonly ChatTurn[],
    signal: AbortSignal,
  ): Promise<Exclude<Verdict, { fault: string }> | { fault: string; said: string }> {
    const { spec, pause } = this.#use;
    const { store, now } = this.#host;
    await pause.passed(signal);
    return this.#endpoint.ask(
      {
        prompt: { messages: [...messages] },
        temperature: spec.temperature,
        top_p: 1,
        max_tokens: spec.max_tokens,
        seed: 0,
      },
      signal,
      { timeoutMs: spec.timeout * 1000 },
      ({ text: said }) => {
        const verdict = readVerdict(said, spec.scale);
        if ("fault" in verdict) return { ...verdict, said };
        store.endpointAnswers.keep(key, verdict, now());
        return verdict;
      },
    );
  }

  /** The run's next attempt must find the same, or it would learn something else. */
  #failed({ key }: Asked, fault: string): Verdict {
    const { runId } = this.#use;
    const { store } = this.#host;
    if (runId !== null)
      store.transaction(() => {
        store.endpointAnswers.keepFailure(runId, key, fault);
      });
    return { fault };
  }

  #count(asked: Asked, verdict: Verdict): void {
    this.#judged += 1;
    if ("fault" in verdict) this.#unusable += 1;
    this.#limitFailures(ENOUGH, [asked], new Map([[asked.key, verdict]]));
  }

  /** @throws AppError ENGINE_ERROR */
  #limitFailures(
    enough: number,
    asked: readonly Asked[],
    found: ReadonlyMap<string, Verdict>,
  ): void {
    const { spec, runId, maxFailures = spec.max_failures } = this.#use;
    if (this.#judged < enough || this.#unusable <= maxFailures * this.#judged) return;
    if (maxFailures > 0 && this.#unusable < FEW) return;
    const example = asked.find(({ key }) => "fault" in (found.get(key) ?? {}));
    const verdict = example === undefined ? undefined : found.get(example.key);
    if (example === undefined || verdict === undefined || !("fault" in verdict)) return;
    const { store } = this.#host;
    // Who mends the judge and resumes wants it asked again.
    if (runId !== null)
      store.transaction(() => {
        store.endpointAnswers.forgetFailures(runId);
      });
    throw new AppError(
      "ENGINE_ERROR",
      `The judge ${rewardName(spec)} (${this.model}) gave no usable verdict on ${this.#unusable} of ${this.#judged} completions: ${verdict.fault}. The completion was ${quote(example.text.completion)}, of the problem ${example.text.problemId}.`,
      "Mend the rubric or take another model, and try it with gradus rewards try; max_failures allows more of them.",
    );
  }

  #verdictOf(asked: Asked | null, found: ReadonlyMap<string, Verdict>): StageVerdict {
    if (asked === null)
      return {
        value: null,
        why: "the problem has no rubric, and the reward names none",
        unusable: false,
      };
    if (asked.question.text === "")
      return { value: 0, why: "nothing is there to grade", unusable: false };
    const verdict = found.get(asked.key);
    if (verdict === undefined) throw new Error("a text without a verdict");
    if ("fault" in verdict)
      return { value: null, why: `no usable verdict: ${verdict.fault}`, unusable: true };
    const { scale } = this.#use.spec;
    const { score, reason } = verdict;
    const why = `${score} of ${scale.join(" to ")}${reason === "" ? "" : `: ${reason}`}`;
    return { value: rewardOfScore(score, scale), why, unusable: false };
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);
}
