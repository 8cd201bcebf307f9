/**
 * Runs one stage in a process of its own and hands what it says to a journal, in order and in
 * batches. Only the process's exit counts as its end; silence does not (a compilation can take half
 * a minute). A stop always works: where the stage does not end in time, the process is killed.
 */
import { EngineMessage } from "#shared/schema/engine-protocol.ts";
import type {
  EngineRequest,
  StageAnswer,
  StageQuestion,
  Usage,
} from "#shared/schema/engine-protocol.ts";
import { Child } from "../child.ts";
import type { ChildExit } from "../child-exit.ts";
import { isLastWord } from "./last-word.ts";

const FLUSH_MS = 50;
const FLUSH_COUNT = 200;
const DISCARD_GRACE_MS = 3000;
/** A step of a large model can take many minutes, and ending it early would throw its work away. */
const KEEP_GRACE_MS = 30 * 60_000;

export interface StageStart {
  /** The module that serves the stage; see engine-process.ts. */
  readonly entry: string;
  readonly request: Extract<EngineRequest, { type: "start" }>;
  /** Takes what the process prints. */
  readonly logFile: string;
}

/** Where a stage's messages go. */
export interface StageJournal {
  /** Keeps all of them or none. Throws where they cannot be kept: the stage is then ended, since nothing may be lost. */
  record(messages: readonly EngineMessage[]): void;
}

/** Who answers what a stage asks. */
export interface StageQuestions {
  /** Throws nothing but bugs, and the signal's reason once the stage is to end. */
  answer(question: StageQuestion, signal: AbortSignal): Promise<StageAnswer>;
  /** While it is paused nothing new is asked of anybody. */
  pause(paused: boolean): void;
}

export type StopMode = "keep" | "discard";

/** How a stage ended. */
export type StageOutcome =
  | { readonly kind: "finished"; readonly usage: Usage }
  /** As asked; `killed` where it had to be. */
  | { readonly kind: "stopped"; readonly mode: StopMode; readonly killed: boolean }
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      readonly advice: string | null;
      readonly stack: string | null;
      /** It can go on from what it kept. */
      readonly kept: boolean;
    }
  /** `rssBytes`: what the process held when it was last heard. */
  | { readonly kind: "crashed"; readonly exit: ChildExit; readonly rssBytes: number | null }
  /** What it said could not be kept. */
  | { readonly kind: "unrecorded"; readonly error: unknown }
  | { readonly kind: "protocol"; readonly message: string };

export class StageSupervisor {
  readonly outcome: Promise<StageOutcome>;
  readonly #child: Child<EngineRequest, EngineMessage>;
  readonly #journal: StageJournal;
  readonly #questions: StageQuestions;
  /** Aborted once nobody waits for answers any more. */
  readonly #ended = new AbortController();
  readonly #resolve: (outcome: StageOutcome) => void;
  #pending: EngineMessage[] = [];
  #flushTimer: NodeJS.Timeout | undefined;
  #seq = 0;
  #rssBytes: number | null = null;
  #last: EngineMessage["body"] | undefined;
  #stop: StopMode | undefined;
  #broken: StageOutcome | undefined;

  constructor(start: StageStart, journal: StageJournal, questions: StageQuestions) {
    const { promise, resolve } = Promise.withResolvers<StageOutcome>();
    this.outcome = promise;
    this.#resolve = resolve;
    this.#journal = journal;
    this.#questions = questions;
    const { entry, request, logFile } = start;
    this.#child = new Child(
      { entry, messages: EngineMessage, prints: { file: logFile } },
      {
        message: (message) => {
          this.#take(message);
        },
        unreadable: ({ message }) => {
          this.#break({ kind: "protocol", message });
        },
        exit: (exit) => {
          this.#end(exit);
        },
      },
    );
    this.#child.send(request);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** A second call with "discard" overrides a "keep" that takes too long. */
  stop(mode: StopMode): void {
    this.#stop = mode;
    this.#leaveQuestions();
    this.#child.send({ type: mode === "keep" ? "stop-and-keep" : "cancel" });
    this.#child.endWithin(mode === "keep" ? KEEP_GRACE_MS : DISCARD_GRACE_MS);
  }

  /** Waits at the next step boundary, or goes on. A stop ends the wait. */
  pause(paused: boolean): void {
    if (this.#stop !== undefined) return;
    this.#questions.pause(paused);
    this.#child.send({ type: paused ? "pause" : "continue" });
  }

  /** Ends the process at once. */
  kill(): void {
    this.#stop ??= "keep";
    this.#leaveQuestions();
    this.#child.kill();
  }

  #take(message: EngineMessage): void {
    if (this.#broken !== undefined) return;
    this.#seq += 1;
    if (message.seq !== this.#seq) {
      this.#break({
        kind: "protocol",
        message: `message ${message.seq} came where ${this.#seq} was expected: something was lost`,
      });
      return;
    }
    if (message.body.type === "heartbeat") this.#rssBytes = message.body.rssBytes;
    if (isLastWord(message.body)) this.#last = message.body;
    if (message.body.type === "ask") {
      // Whoever reads the run sees what came before it.
      this.#flush();
      void this.#answer(message.body.id, message.body.question);
      return;
    }
    this.#pending.push(message);
    if (this.#pending.length >= FLUSH_COUNT) this.#flush();
    else {
      this.#flushTimer ??= setTimeout(() => {
        this.#flush();
      }, FLUSH_MS);
    }
  }

  #flush(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    const messages = this.#pending;
    this.#pending = [];
    if (messages.length === 0 || this.#broken !== undefined) return;
    try {
      this.#journal.record(messages);
    } catch (error) {
      this.#break({ kind: "unrecorded", error });
    }
  }

  async #answer(id: number, question: StageQuestion): Promise<void> {
    const { signal } = this.#ended;
    try {
      const answer = await this.#questions.answer(question, signal);
      if (!signal.aborted) this.#child.send({ type: "answer", id, answer });
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#break({ kind: "protocol", message: `a question had no answer: ${message}` });
    }
  }

  #leaveQuestions(): void {
    this.#ended.abort(new Error("the stage is to end"));
  }

  #break(outcome: StageOutcome): void {
    this.#broken ??= outcome;
    this.#child.kill();
  }

  #end(exit: ChildExit): void {
    this.#leaveQuestions();
    this.#flush();
    if (exit.startError !== null) {
      const message = `the engine process could not be started: ${exit.startError.message}`;
      this.#broken ??= { kind: "protocol", message };
    }
    this.#resolve(this.#broken ?? outcomeOf(this.#last, this.#stop, exit, this.#rssBytes));
  }
}

function outcomeOf(
  last: EngineMessage["body"] | undefined,
  stop: StopMode | undefined,
  exit: ChildExit,
  rssBytes: number | null,
): StageOutcome {
  switch (last?.type) {
    case "finished":
      return { kind: "finished", usage: last.usage };
    case "failed":
      return {
        kind: "failed",
        code: last.code,
        message: last.message,
        advice: last.advice ?? null,
        stack: last.stack ?? null,
        kept: last.kept === true,
      };
    case "cancelled":
      return { kind: "stopped", mode: stop ?? "keep", killed: false };
    case undefined:
      return stop === undefined
        ? { kind: "crashed", exit, rssBytes }
        : { kind: "stopped", mode: stop, killed: true };
    default:
      throw new Error(`a stage cannot end with "${last?.type}"`);
  }
}
