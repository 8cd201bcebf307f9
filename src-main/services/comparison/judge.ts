/**
 * Whether one benchmark may be compared with another, and what the comparison says: the one place where verdicts are
 * made, for results, comparisons, reports and the command line. What is judged together is corrected together.
 */
import type { ComparisonToBefore } from "#shared/schema/evaluation.ts";
import type { EvaluationRecord } from "#shared/schema/evaluation.ts";
import type { PairedVerdict } from "#shared/schema/compare.ts";
import { holmAdjusted, holmLevels } from "#main/core/evaluation/holm.ts";
import type { PairedTest } from "#main/core/evaluation/paired-test.ts";
import type { Store } from "#main/store/store.ts";
import type { PairedTests } from "./paired-tests.ts";
import {
  originCautions,
  protocolCautions,
  refusalOf,
  refusalOfShared,
  sampleCautions,
} from "./protocol.ts";

const SIGNIFICANCE = 0.05;

export interface JudgedPair {
  readonly record: EvaluationRecord;
  readonly baseline: EvaluationRecord;
}

export type Judgement = Pick<ComparisonToBefore, "versus" | "refusal" | "cautions">;

/** A judgement for each pair, in order. Their p-values are corrected together by Holm. */
export function judge(store: Store, tests: PairedTests, pairs: readonly JudgedPair[]): Judgement[] {
  const tested = pairs.map(({ record, baseline }) => testOf(tests, record, baseline));
  const ps = tested.flatMap(({ test }) => test?.p ?? []);
  const adjusted = holmAdjusted(ps).values();
  const levels = holmLevels(ps, SIGNIFICANCE).values();
  return pairs.map(({ record, baseline }, i) => {
    const { test = null, refusal = null } = tested[i] ?? {};
    const cautions = [
      ...protocolCautions(store, record, baseline),
      ...originCautions(store, record, baseline),
    ];
    if (test === null) return { versus: null, refusal, cautions };
    return {
      versus: verdictOf(test, adjusted.next().value ?? 1, levels.next().value ?? SIGNIFICANCE),
      refusal,
      cautions: [...cautions, ...sampleCautions(test.problems, record.summary, baseline.summary)],
    };
  });
}

/** Works out one pair's test, so that `judge` finds it. */
export function prepareTest(tests: PairedTests, { record, baseline }: JudgedPair): void {
  testOf(tests, record, baseline);
}

function testOf(
  tests: PairedTests,
  record: EvaluationRecord,
  baseline: EvaluationRecord,
): { readonly test: PairedTest | null; readonly refusal: string | null } {
  const refused = refusalOf(record.summary, baseline.summary);
  if (refused !== null) return { test: null, refusal: refused };
  const test = tests.of(record.runId, baseline.runId);
  const tooFew = refusalOfShared(test?.problems ?? 0);
  return tooFew === null ? { test, refusal: null } : { test: null, refusal: tooFew };
}

function verdictOf(test: PairedTest, pAdjusted: number, level: number): PairedVerdict {
  const { intervalAt, value, ...rest } = test;
  const told = pAdjusted < SIGNIFICANCE;
  return {
    ...rest,
    difference: { value, ...intervalAt(level) },
    confidence: 1 - level,
    pAdjusted,
    verdict: told ? (value > 0 ? "better" : "worse") : "cannot tell",
  };
}
