/** Whether a problem's answers can be judged at all: rewards that ask for a right answer do not apply where none can. */
import type { JudgedProblem } from "../../verifiers/answers/answer-rule.ts";
import { verifierByName } from "../../verifiers/registry.ts";

/** A task judges all of its problems; a verifier needs a gold answer that it can read. */
export function isJudged({
  gold,
  verifier: { name, options },
}: Pick<JudgedProblem, "gold" | "verifier">): boolean {
  const verifier = verifierByName(name);
  return verifier === undefined || verifier.refusal({ gold, options }) === null;
}
