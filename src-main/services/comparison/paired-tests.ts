/** The paired tests of finished benchmarks. What was worked out once is kept: a finished benchmark does not change. */
import { LRUCache } from "lru-cache";
import type { RunId } from "#shared/schema/run.ts";
import { pairedTest } from "#main/core/evaluation/paired-test.ts";
import type { PairedTest } from "#main/core/evaluation/paired-test.ts";
import type { Store } from "#main/store/store.ts";

/** Each keeps a number for each problem. */
const KEPT = 5000;

export class PairedTests {
  readonly #store: Store;
  readonly #known = new LRUCache<string, { readonly test: PairedTest | null }>({ max: KEPT });

  constructor(store: Store) {
    this.#store = store;
  }

  /** `runId` minus `baseline`; null where they share no problem. */
  of(runId: RunId, baseline: RunId): PairedTest | null {
    const key = `${runId} ${this.#endedAt(runId)} ${baseline} ${this.#endedAt(baseline)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known.test;
    const test = pairedTest(this.#scores(baseline), this.#scores(runId));
    this.#known.set(key, { test });
    return test;
  }

  /** The same problem is one whose id, text and right answer are the same: a set may have been imported anew. */
  #scores(runId: RunId) {
    return this.#store.evaluations
      .solved(runId)
      .map(({ problemId, prompt, gold, correct, samples }) => ({
        problemId: JSON.stringify([problemId, prompt, gold]),
        correct,
        samples,
      }));
  }

  #endedAt(runId: RunId): number {
    return this.#store.runs.summary(runId).endedAtMs ?? 0;
  }
}
