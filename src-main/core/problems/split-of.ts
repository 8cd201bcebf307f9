/**
 * Train and test are disjoint by construction: a hash of the canonical problem alone decides which
 * side it is on, whatever the seed, the count or the order in which problems are drawn. What a task's
 * symmetries make of a problem (b + a of a + b) is on its side.
 */
import { hash32 } from "#main/platform/random.ts";
import { listTasks } from "./registry.ts";

export type Split = "train" | "test";

/** One problem in so many is held out. */
const HELD_OUT_ONE_IN = 8;

/** `task/canonical problem`: equal for problems that are one problem in other words, order or names. */
export function canonicalProblem(problemId: string): string {
  const [name = "", text = "", hash = ""] = problemId.split("/", 3);
  // The names of its tasks have a slash of their own.
  if (name === "reasoning-gym") return `${name}/${text}/${hash}`;
  const task = listTasks().find((one) => one.name === name);
  return `${name}/${task === undefined ? text : task.canonical(text)}`;
}

/** The side of a problem by its id. */
export function splitOf(problemId: string): Split {
  const canonical = canonicalProblem(problemId);
  const counters = Array.from(canonical, (c) => c.codePointAt(0) ?? 0);
  return hash32(0x67726164, ...counters) % HELD_OUT_ONE_IN === 0 ? "test" : "train";
}
