/** Whether a problem's own verifier can judge by its gold answer. */
import { verifierByName } from "#main/core/verifiers/registry.ts";
import type { SetProblem } from "#shared/schema/problem.ts";

/**
 * Why it cannot, in words; null where it can. A problem without gold and options has nothing to ask a verifier about, and
 * tests say what they are when they run.
 */
export function goldRefusal({
  gold,
  verifier,
}: Pick<SetProblem, "gold" | "verifier">): string | null {
  if (gold === null && Object.keys(verifier.options).length === 0) return null;
  return verifierByName(verifier.name)?.refusal({ gold, options: verifier.options }) ?? null;
}
