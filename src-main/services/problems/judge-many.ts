/** Verdicts on whole completions of a set's problems. */
import { setImmediate } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import { judgeCompletion } from "#main/core/verifiers/judge-completion.ts";
import { verifierByName } from "#main/core/verifiers/registry.ts";
import type { Judged, Verdict } from "#main/core/verifiers/verifier.ts";

export type JudgedProblem = Pick<SetProblem, "id" | "gold" | "verifier">;

/** Judgements between which the host answers others. */
const PAUSE_AFTER = 200;

/** One verdict for each, in order. Throws BAD_INPUT where a problem's verifier is none that judges texts. */
export async function judgeMany(
  completions: readonly { readonly problem: JudgedProblem; readonly completion: string }[],
): Promise<Verdict[]> {
  /** What a verifier reads out of a gold is kept with it: all completions of a problem share it. */
  const judged = new Map<JudgedProblem, Judged>();
  const verdicts: Verdict[] = [];
  for (const { problem, completion } of completions) {
    const verifier = verifierByName(problem.verifier.name);
    if (verifier === undefined) {
      throw new AppError(
        "BAD_INPUT",
        `The problem ${problem.id} is judged by "${problem.verifier.name}", which judges no texts here.`,
        "Import the set with another verifier: --verifier NAME.",
      );
    }
    const own = judged.get(problem) ?? { gold: problem.gold, options: problem.verifier.options };
    judged.set(problem, own);
    verdicts.push(judgeCompletion(verifier, own, completion));
    if (verdicts.length % PAUSE_AFTER === 0) await setImmediate();
  }
  return verdicts;
}
