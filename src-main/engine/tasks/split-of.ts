/**
 * Train and test are disjoint by construction: a hash of the canonical problem alone decides which
 * side it is on, whatever the seed, the count or the order in which problems are drawn.
 */
import { hash32 } from "#main/platform/random.ts";

export type Split = "train" | "test";

/** One problem in so many is held out. */
const HELD_OUT_ONE_IN = 8;

/** The side of a problem by its id; wordings of one problem (the id's third part) stay together. */
export function splitOf(problemId: string): Split {
  const canonical = problemId.split("/", 2).join("/");
  const counters = Array.from(canonical, (c) => c.codePointAt(0) ?? 0);
  return hash32(0x67726164, ...counters) % HELD_OUT_ONE_IN === 0 ? "test" : "train";
}
