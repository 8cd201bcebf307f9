/** The problems of every finished benchmark in the store, as what texts are compared with. */
import { createHash } from "node:crypto";
import { TextMeter } from "#main/core/curation/text-meter.ts";
import type { MeasuredText } from "#main/store/records/prepared-record.ts";
import type { RecordMessages, RecordReference } from "#shared/schema/dataset.ts";
import type { Store } from "#main/store/store.ts";
import type { LiveEvents } from "../workspace/live-events.ts";

export class KnownBenchmarks {
  readonly #store: Store;
  #current: { readonly meter: TextMeter; readonly hash: string } | undefined;

  constructor(store: Store, live: LiveEvents) {
    this.#store = store;
    live.listen((event) => {
      if (["evaluation", "benchmarks", "pipeline-deleted"].includes(event.type)) this.forget();
    });
  }

  /** Looks again at what there is the next time somebody asks. */
  forget(): void {
    this.#current = undefined;
  }

  /** Changes when a benchmark's problems come or go. */
  get hash(): string {
    return this.#known().hash;
  }

  measure(messages: RecordMessages, reference: RecordReference): MeasuredText {
    const { meter, hash } = this.#known();
    return { messages, ...meter.measure(messages, reference), checkedWith: hash };
  }

  #known(): { readonly meter: TextMeter; readonly hash: string } {
    if (this.#current === undefined) {
      const problems = this.#store.benchmarkProblems();
      const hash = createHash("sha256");
      for (const { benchmark, id, prompt } of problems) {
        hash.update(`${benchmark}\0${id}\0${prompt}\0`);
      }
      this.#current = { meter: new TextMeter(problems), hash: hash.digest("hex").slice(0, 16) };
    }
    return this.#current;
  }
}
