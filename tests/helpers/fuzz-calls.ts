/**
 * Calls on random inputs, with the processor time of the longest. GRADUS_FUZZ sets how many inputs a property meets, and
 * has what was measured printed; without it they are few, so that every change can be tested.
 */
const SET = process.env["GRADUS_FUZZ"];

export function fuzzRuns(few: number): number {
  return SET === undefined ? few : Number(SET);
}

/** Minutes for many runs; in milliseconds. */
export const FUZZ_TIMEOUT = SET === undefined ? 120_000 : 6 * 3_600_000;

export class LongestCalls {
  readonly #longest = new Map<string, { ms: number; calls: number }>();

  /** Gives what the call gives. */
  time<T>(name: string, call: () => T): T {
    // Of this thread alone: the machine, and the collector of garbage, may have others to run.
    const begun = process.threadCpuUsage();
    const result = call();
    const { user, system } = process.threadCpuUsage(begun);
    const before = this.#longest.get(name) ?? { ms: 0, calls: 0 };
    const ms = Math.max(before.ms, (user + system) / 1000);
    this.#longest.set(name, { ms, calls: before.calls + 1 });
    return result;
  }

  /** Names with the milliseconds of their longest call where it is not below the limit. */
  above(limitMs: number): string[] {
    const all = [...this.#longest];
    if (SET !== undefined)
      for (const [name, { ms, calls }] of all)
        console.log(`${name}: ${calls} calls, the longest ${ms.toFixed(1)} ms`);
    return all.flatMap(([name, { ms }]) => (ms < limitMs ? [] : [`${name}: ${ms.toFixed(1)} ms`]));
  }
}
