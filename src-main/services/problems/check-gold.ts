/** Whether a problem's own verifier can judge by what the problem gives it: a gold answer, or tests. */
import { languageOfTests, refusalOfTests } from "#main/core/verifiers/code/code-tests.ts";
import { verifierByName } from "#main/core/verifiers/registry.ts";
import type { SetProblem } from "#shared/schema/problem.ts";

/**
 * Why it cannot, in words; null where it can. Other verifiers than those of tests have nothing to be asked about where a
 * problem has neither gold nor options.
 */
export function goldRefusal({
  gold,
  verifier,
}: Pick<SetProblem, "gold" | "verifier">): string | null {
  if (languageOfTests(verifier.name) !== undefined) return refusalOfTests(verifier.options);
  if (gold === null && Object.keys(verifier.options).length === 0) return null;
  return verifierByName(verifier.name)?.refusal({ gold, options: verifier.options }) ?? null;
}
