/** How many threads an engine computes on, and how many lanes its sampler's rows are divided among. */
import { availableParallelism } from "node:os";

/**
 * Up to this many threads each is a lane. With more, what every lane reads of its own, all weights, was not measured
 * against kernels that share the threads.
 */
const MOST_LANES = 4;
const MOST_THREADS = 127;

/** GRADUS_THREADS, else all cores. */
export function engineThreads(): number {
  const asked = Number(process.env["GRADUS_THREADS"] ?? "");
  const wanted = Number.isInteger(asked) && asked > 0 ? asked : availableParallelism();
  return Math.min(wanted, MOST_THREADS);
}

/** Lanes of so many threads on a processor. */
export function lanesOf(threads: number): number {
  return threads <= MOST_LANES ? threads : 1;
}
