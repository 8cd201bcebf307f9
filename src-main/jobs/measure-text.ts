/** What is measured on a record's text, for the services: they do not import the engine. */
import type {
  Contamination,
  RecordMessage,
  RecordReference,
  TextFacts,
} from "#shared/schema/dataset.ts";
import { finalTurn, promptOf } from "#shared/schema/record-text.ts";
import { ContaminationIndex } from "#main/engine/curation/contamination.ts";
import type { BenchmarkProblem } from "#main/engine/curation/contamination.ts";
import { fingerprint } from "#main/engine/curation/near-duplicates.ts";
import { measureText } from "#main/engine/curation/text-facts.ts";
import type { Fingerprint } from "#main/platform/signature.ts";

export class TextMeter {
  readonly #benchmarks: ContaminationIndex;

  /** Compares texts with these problems. */
  constructor(problems: readonly BenchmarkProblem[]) {
    this.#benchmarks = new ContaminationIndex(problems);
  }

  measure(
    messages: readonly RecordMessage[],
    reference: RecordReference,
  ): {
    readonly facts: TextFacts;
    readonly fingerprint: Fingerprint;
    readonly contamination: Contamination | null;
  } {
    const turn = finalTurn(messages);
    return {
      facts: measureText(messages, reference),
      fingerprint: fingerprint(
        `${promptOf(messages)}\n${turn?.reasoning ?? ""}\n${turn?.content ?? ""}`,
      ),
      contamination: this.#benchmarks.find(messages, reference),
    };
  }
}
