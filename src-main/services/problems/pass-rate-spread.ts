/** How a model's pass rates are spread over a set's problems. */
import type { PassRateSpread } from "#shared/schema/problem-set.ts";
import type { ProblemChoice } from "#main/store/repositories/problem-repository.ts";
import type { Store } from "#main/store/store.ts";

const TENTHS = 10;

/** Null where nobody measured the set. Throws NOT_FOUND, and BAD_INPUT for a model that was not measured. */
export function passRateSpread(store: Store, choice: ProblemChoice): PassRateSpread | null {
  const model = store.passRates.modelOf(choice.set, choice.model);
  if (model === null && choice.model === undefined) return null;
  const counted = store.problems.passRates(choice);
  if (model === null) return null;
  const bins = [
    { from: 0, to: 0, problems: 0 },
    ...Array.from({ length: TENTHS }, (_, i) => ({
      from: i / TENTHS,
      to: (i + 1) / TENTHS,
      problems: 0,
    })),
    { from: 1, to: 1, problems: 0 },
  ];
  let sum = 0;
  let total = 0;
  for (const { correct, samples, problems } of counted) {
    // All solved is the last bin; whole numbers, since 0.3 / 0.1 is not 3.
    const at = correct === samples ? TENTHS + 1 : Math.ceil((correct * TENTHS) / samples);
    const bin = bins[at];
    if (bin !== undefined) bin.problems += problems;
    sum += (correct / samples) * problems;
    total += problems;
  }
  return { model, mean: total === 0 ? 0 : sum / total, bins };
}
