/** Which side of a split a word names. */
import type { ProblemSplit } from "#shared/schema/problem.ts";

const SIDES: Readonly<Record<string, ProblemSplit>> = {
  train: "train",
  training: "train",
  test: "test",
  testing: "test",
  validation: "test",
  valid: "test",
  val: "test",
  dev: "test",
  eval: "test",
  evaluation: "test",
  held_out: "test",
  "held-out": "test",
  heldout: "test",
  holdout: "test",
  hold_out: "test",
  "hold-out": "test",
};

/** The side that a value of a split column names; undefined for any other. */
export function sideOf(value: string): ProblemSplit | undefined {
  return Object.hasOwn(SIDES, value.trim().toLowerCase())
    ? SIDES[value.trim().toLowerCase()]
    : undefined;
}
