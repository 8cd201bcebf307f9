/**
 * Runs one stage in a process of its own and hands what it says to a journal, in order and in
 * batches. Only the process's exit counts as its end; silence does not (a compilation can take half
 * a minute). A stop always works: where the stage does not end in time, the process is killed.
 */
import type { EngineMessage, Usage } from "#shared/schema/engine-protocol.ts";
import { EngineChild } from "../engine-child.ts";
import type { EngineExit, EngineStart } from "../engine-child.ts";

const FLUSH_MS = 50;
const FLUSH_COUNT = 200;
const DISCARD_GRACE_MS = 3000;
/** A step of a large model can take many minutes, and ending it early would throw its work away. */
const KEEP_GRACE_MS = 30 * 60_000;

/** Where a stage's messages go. */
export interface StageJournal {
  /** Keeps all of them or none. Throws where they cannot be kept: the stage is then ended, since nothing may be lost. */
  record(messages: readonly EngineMessage[]): void;
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
    }
  /** `rssBytes`: what the process held when it was last heard. */
  | { readonly kind: "crashed"; readonly exit: EngineExit; readonly rssBytes: number | null }
  /** What it said could not be kept. */
  | { readonly kind: "unrecorded"; readonly error: unknown }
  | { readonly kind: "protocol"; readonly message: string };

export class StageSupervisor {
  readonly outcome: Promise<StageOutcome>;
  readonly #child: EngineChild;
  readonly #journal: StageJournal;
  readonly #resolve: (outcome: StageOutcome) => void;
  #pending: EngineMessage[] = [];
  #flushTimer: NodeJS.Timeout | undefined;
  #killTimer: NodeJS.Timeout | undefined;
  #seq = 0;
  #rssBytes: number | null = null;
  #last: EngineMessage["body"] | undefined;
  #stop: StopMode | undefined;
  #broken: StageOutcome | undefined;

  constructor(start: EngineStart, journal: StageJournal) {
    const { promise, resolve } = Promise.withResolvers<StageOutcome>();
    this.outcome = promise;
    this.#resolve = resolve;
    this.#journal = journal;
    this.#child = new EngineChild(start, {
      message: (message) => {
        this.#take(message);
      },
      unreadable: (reason) => {
        this.#break({ kind: "protocol", message: reason });
      },
      exit: (exit) => {
        this.#end(exit);
      },
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** A second call with "discard" overrides a "keep" that takes too long. */
  stop(mode: StopMode): void {
    this.#stop = mode;
    this.#child.send({ type: mode === "keep" ? "stop-and-keep" : "cancel" });
    clearTimeout(this.#killTimer);
    this.#killTimer = setTimeout(
      () => {
        this.#child.kill();
      },
      mode === "keep" ? KEEP_GRACE_MS : DISCARD_GRACE_MS,
    );
  }

  /** Waits at the next step boundary, or goes on. A stop ends the wait. */
  pause(paused: boolean): void {
    if (this.#stop === undefined) this.#child.send({ type: paused ? "pause" : "continue" });
  }

  /** Ends the process at once. */
  kill(): void {
    this.#stop ??= "keep";
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
    if (isLastWord(message)) this.#last = message.body;
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

  #break(outcome: StageOutcome): void {
    this.#broken ??= outcome;
    this.#child.kill();
  }

  #end(exit: EngineExit): void {
    this.#flush();
    clearTimeout(this.#killTimer);
    this.#resolve(this.#broken ?? outcomeOf(this.#last, this.#stop, exit, this.#rssBytes));
  }
}

function isLastWord({ body }: EngineMessage): boolean {
  return body.type === "finished" || body.type === "failed" || body.type === "cancelled";
}

function outcomeOf(
  last: EngineMessage["body"] | undefined,
  stop: StopMode | undefined,
  exit: EngineExit,
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

/** What happened, in words, e.g. "was ended by SIGKILL". */
export function describeExit(exit: EngineExit): string {
  if (exit.signal !== null) return `was ended by ${exit.signal}${hintOf(exit.signal)}`;
  if (exit.code !== null) return `ended with exit code ${exit.code}`;
  return "could not be started";
}

function hintOf(signal: NodeJS.Signals): string {
  if (signal === "SIGKILL") return " (by hand, or by the system for want of memory)";
  if (signal === "SIGSEGV" || signal === "SIGABRT" || signal === "SIGBUS") {
    return " (a crash in native code)";
  }
  return "";
}
