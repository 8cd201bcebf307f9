/** What is measured on a record's text, and what it holds of known benchmarks. */
import type {
  Contamination,
  RecordMessage,
  RecordReference,
  TextFacts,
} from "#shared/schema/dataset.ts";
import { ContaminationIndex } from "./contamination.ts";
import type { BenchmarkProblem } from "./contamination.ts";
import { contentHash, fingerprint } from "./near-duplicates.ts";
import { measureText } from "./measure-text.ts";
import { verdictOf } from "./verdict.ts";
import type { Fingerprint } from "#main/platform/signature.ts";

/** What is said of a text by its right answer alone. */
export function judgeText(
  messages: readonly RecordMessage[],
  reference: RecordReference,
): Pick<TextFacts, "verdict" | "verdictDetail"> {
  const { verdict, detail } = verdictOf(messages, reference);
  return { verdict, verdictDetail: detail };
}

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
    return {
      facts: measureText(messages, reference),
      fingerprint: fingerprintOf(messages),
      contamination: this.#benchmarks.find(messages, reference),
    };
  }
}

/**
 * Duplicates are told by every turn. A system prompt that a whole dataset shares makes no two records alike, so that
 * only the exact comparison reads it.
 */
function fingerprintOf(messages: readonly RecordMessage[]): Fingerprint {
  const system = messages.filter(({ role }) => role === "system");
  const talk = fingerprint(textOf(messages.filter(({ role }) => role !== "system")));
  return system.length === 0 ? talk : { ...talk, content: contentHash(textOf(messages)) };
}

function textOf(messages: readonly RecordMessage[]): string {
  return messages.map(({ content, reasoning }) => `${reasoning ?? ""}\n${content}`).join("\n");
}
