/** A text with everything that is measured on it, ready to be written; services measure, the store keeps. */
import type {
  Contamination,
  RecordMessages,
  RecordReference,
  RecordSource,
  RecordStatus,
  TextFacts,
} from "#shared/schema/dataset.ts";
import type { Fingerprint } from "#main/platform/signature.ts";

export interface MeasuredText {
  readonly messages: RecordMessages;
  readonly facts: TextFacts;
  readonly fingerprint: Fingerprint;
  readonly contamination: Contamination | null;
  /** Which benchmarks it was compared with: their common hash. */
  readonly checkedWith: string;
}

export interface PreparedRecord extends MeasuredText {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: RecordSource;
  readonly reference: RecordReference;
  readonly tags: readonly string[];
  readonly status: RecordStatus;
}
