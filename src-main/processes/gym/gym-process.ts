/**
 * reasoning-gym in a Python of its own: started when it is first needed, asked one thing at a time, started again where it
 * has ended. What it is asked depends on nothing that was asked before, so a question is simply asked again.
 */
import { AppError } from "#shared/errors.ts";
import { JsonValue } from "#shared/schema/json-value.ts";
import { z } from "zod";
import type { Gym, GymConfig, GymProblem } from "#main/core/gym-port.ts";
import { LineChild } from "../line-child.ts";
import type { LineExit } from "../line-child.ts";

/** What runs, and where. */
export interface GymProgram {
  /** The environment's Python. */
  readonly python: string;
  readonly script: string;
  /** A folder that its libraries may keep things in. */
  readonly cache: string;
}

interface GymLimits {
  /** To import everything, from a cold disk too. */
  readonly startMs: number;
  readonly generateMs: number;
  /** Of scoring: for a call, and for each of its answers. gym.py ends one after 2 s by itself where it can. */
  readonly scoreMs: number;
  readonly answerMs: number;
}

const LIMITS: GymLimits = {
  startMs: 180_000,
  generateMs: 120_000,
  scoreMs: 10_000,
  answerMs: 2500,
};
/** So often a question is asked whose process ends. */
const ATTEMPTS = 3;

const Hello = z.strictObject({ version: z.string(), names: z.array(z.string()) });
const Made = z.array(
  z.strictObject({ question: z.string(), answer: z.string().nullable(), entry: JsonValue }),
);
const Scores = z.array(z.union([z.number(), z.string()]));
const Answer = z.union([
  z.strictObject({ id: z.int(), result: z.unknown() }),
  z.strictObject({ id: z.int(), refused: z.string() }),
]);
type Answer = z.infer<typeof Answer>;

interface Question {
  readonly call: "generate" | "score" | "check";
  readonly dataset: string;
  readonly config: GymConfig;
  readonly args: readonly JsonValue[];
}

export class GymProcess implements Gym {
  readonly #program: GymProgram;
  readonly #limits: GymLimits;
  #child: LineChild | undefined;
  #hello: Promise<z.infer<typeof Hello>> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #asked = 0;

  constructor(program: GymProgram, limits: Partial<GymLimits> = {}) {
    this.#program = program;
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Of the process; undefined where none runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async version(): Promise<string> {
    return (await this.#inTurn(() => this.#open())).version;
  }

  async names(): Promise<readonly string[]> {
    return (await this.#inTurn(() => this.#open())).names;
  }

  async check(dataset: string, config: GymConfig): Promise<void> {
    await this.#ask({ call: "check", dataset, config, args: [] }, this.#limits.generateMs);
  }

  async generate(
    dataset: string,
    config: GymConfig,
    seeds: readonly number[],
    signal?: AbortSignal,
  ): Promise<GymProblem[]> {
    const question = { call: "generate", dataset, config, args: [[...seeds]] } as const;
    return Made.parse(await this.#ask(question, this.#limits.generateMs, signal));
  }

  async score(
    dataset: string,
    config: GymConfig,
    answers: readonly { readonly answer: string; readonly entry: JsonValue }[],
    signal?: AbortSignal,
  ): Promise<(number | string)[]> {
    const args = [answers.map(({ answer, entry }): JsonValue => [answer, entry])];
    const ms = this.#limits.scoreMs + this.#limits.answerMs * answers.length;
    try {
      return Scores.parse(await this.#ask({ call: "score", dataset, config, args }, ms, signal));
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
      // A model's text that keeps the scoring busy is a wrong answer, and no fault of the others.
      if (answers.length < 2) return [`it took longer than ${ms / 1000} s`];
      const half = Math.ceil(answers.length / 2);
      return [
        ...(await this.score(dataset, config, answers.slice(0, half), signal)),
        ...(await this.score(dataset, config, answers.slice(half), signal)),
      ];
    }
  }

  close(): void {
    this.#child?.kill();
    this.#forget();
  }

  async #ask(question: Question, ms: number, signal?: AbortSignal): Promise<unknown> {
    return this.#inTurn(async () => {
      for (let attempt = 1; ; attempt++) {
        signal?.throwIfAborted();
        await this.#open();
        const ended = await this.#askOnce(question, ms, signal);
        if ("result" in ended) return ended.result;
        if ("refused" in ended) throw refused(question, ended.refused);
        this.#forget();
        signal?.throwIfAborted();
        if (ended.late) throw new TooLong(question, ms);
        if (attempt >= ATTEMPTS) throw died(ended);
      }
    });
  }

  async #askOnce(
    question: Question,
    ms: number,
    signal: AbortSignal | undefined,
  ): Promise<Answer | LineExit> {
    const child = this.#child;
    if (child === undefined) throw new Error("reasoning-gym was asked before it was started");
    this.#asked += 1;
    const id = this.#asked;
    child.send(JSON.stringify({ id, ...question }));
    const kill = (): void => child.kill();
    signal?.addEventListener("abort", kill);
    try {
      const line = await child.next(ms);
      return typeof line === "string" ? Answer.parse(JSON.parse(line)) : line;
    } finally {
      signal?.removeEventListener("abort", kill);
    }
  }

  /** Throws ENGINE_CRASHED where it cannot be started. */
  async #open(): Promise<z.infer<typeof Hello>> {
    this.#hello ??= this.#start();
    try {
      return await this.#hello;
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  async #start(): Promise<z.infer<typeof Hello>> {
    const { python, script, cache } = this.#program;
    const child = new LineChild({
      command: python,
      args: ["-s", "-P", "-u", script],
      environment: {
        // Sets of texts have the same order in every process.
        PYTHONHASHSEED: "0",
        OMP_NUM_THREADS: "1",
        OPENBLAS_NUM_THREADS: "1",
        MPLCONFIGDIR: cache,
      },
    });
    this.#child = child;
    const line = await child.next(this.#limits.startMs);
    if (typeof line !== "string") throw died(line);
    const answer = Answer.parse(JSON.parse(line));
    return Hello.parse("result" in answer ? answer.result : undefined);
  }

  #forget(): void {
    this.#child = undefined;
    this.#hello = undefined;
  }

  /** One question at a time, in the order in which they came. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

class TooLong extends AppError {
  constructor({ call, dataset }: Question, ms: number) {
    super(
      "BAD_RECIPE",
      `reasoning-gym's ${dataset} took longer than ${ms / 1000} s to ${call === "score" ? "score answers" : "make problems"}.`,
      "Ask it for smaller problems by its config.",
    );
  }
}

function refused({ dataset }: Question, why: string): AppError {
  return new AppError(
    "BAD_RECIPE",
    `reasoning-gym/${dataset}: ${why.replace(/\.$/u, "")}.`,
    "Mend task or config; `gradus tasks list` names the datasets, and reasoning-gym's gallery says what their options mean.",
  );
}

function died({ what, said }: LineExit): AppError {
  const last = said.trim().split("\n").at(-1) ?? "";
  return new AppError(
    "ENGINE_CRASHED",
    `reasoning-gym's Python ${what}${last === "" ? "" : `: ${last}`}.`,
    "Try again; where it happens again, make its environment anew: gradus python install --again.",
  );
}
