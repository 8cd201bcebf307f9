/** Verdicts on whole completions of a set's problems. */
import { setImmediate } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import type { Sandbox } from "#main/core/sandbox-port.ts";
import { judgeCode, languageOfTests } from "#main/core/verifiers/code/code-tests.ts";
import { judgeCompletion } from "#main/core/verifiers/judging/judge-completion.ts";
import { verifierByName } from "#main/core/verifiers/registry.ts";
import type { Judged, Verdict } from "#main/core/verifiers/verifier.ts";

export type JudgedProblem = Pick<SetProblem, "id" | "gold" | "verifier">;

interface JudgedCompletion {
  readonly problem: JudgedProblem;
  readonly completion: string;
}

/** Judgements between which the host answers others. */
const PAUSE_AFTER = 200;

/** One verdict for each, in order; code runs in the sandbox. Throws BAD_INPUT where a problem's verifier is none that judges texts. */
export async function judgeMany(
  completions: readonly JudgedCompletion[],
  sandbox: Sandbox,
): Promise<Verdict[]> {
  /** What a verifier reads out of a gold is kept with it: all completions of a problem share it. */
  const judged = new Map<JudgedProblem, Judged>();
  const verdicts: Promise<Verdict>[] = [];
  for (const { problem, completion } of completions) {
    const { name, options } = problem.verifier;
    const language = languageOfTests(name);
    const own = judged.get(problem) ?? { gold: problem.gold, options };
    judged.set(problem, own);
    verdicts.push(
      language === undefined
        ? Promise.resolve(judgeText(problem, own, completion))
        : judgeCode(sandbox, language, options, completion),
    );
    if (verdicts.length % PAUSE_AFTER === 0) await setImmediate();
  }
  return Promise.all(verdicts);
}

function judgeText(problem: JudgedProblem, judged: Judged, completion: string): Verdict {
  const verifier = verifierByName(problem.verifier.name);
  if (verifier !== undefined) return judgeCompletion(verifier, judged, completion);
  throw new AppError(
    "BAD_INPUT",
    `The problem ${problem.id} is judged by "${problem.verifier.name}", which judges no texts here.`,
    "Import the set with another verifier: --verifier NAME.",
  );
}
