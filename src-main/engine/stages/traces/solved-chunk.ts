import type { Problem } from "#main/core/problems/problem.ts";

export type Solution = {
  readonly text: string;
  readonly finished: boolean;
  /** By the tokenizer of who learns from it. */
  readonly tokens: number;
};

/** Some of a stage's problems with solutions of them, whoever wrote them. */
export type SolvedChunk = {
  readonly problems: readonly Problem[];
  /** Of each problem, in the problems' order. */
  readonly solutions: readonly (readonly Solution[])[];
  /** Problems and tokens done so far, this chunk included. */
  readonly done: number;
  readonly tokens: number;
  readonly timeMs: number;
};
