/** Code with tests: what is asked, what the sandbox runs, and a whole solution, for human-eval, MBPP and KodCode. */
import type { JsonValue } from "#shared/schema/json-value.ts";
import type { ProblemMapping } from "#shared/schema/problem-import.ts";
import { jsonInText } from "../../datasets/rows/row-cells.ts";
import { BadRowError } from "../../datasets/rows/turns.ts";
import type { ProblemCells } from "./problem-cells.ts";
import { plainNumbers, scalarText } from "./problem-cells.ts";
import { optionsOfCases, readTestCases } from "./test-cases.ts";

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
  if (mapping.shape === "test-cases") return problemOfCases(cells, mapping, question);
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

function problemOfCases(
  cells: ProblemCells,
  mapping: ProblemMapping,
  question: string,
): CodeProblem {
  const cases = readTestCases(plainNumbers(cells.value(mapping.tests)));
  if (cases === null) throw new BadRowError(`"${mapping.tests ?? ""}" holds no tests`);
  const begins = cells.text(mapping.setup)?.trimEnd() ?? "";
  const how =
    cases.examples.length > 0
      ? "Write a Python program that reads its input from standard input and prints its output."
      : "";
  const starter = begins === "" ? "" : `Begin with this code:\n\n${begins}`;
  return {
    prompt: [question.trimEnd(), how, starter].filter((part) => part !== "").join("\n\n"),
    options: optionsOfCases(cases),
    solution: firstSolution(cells.value(mapping.solution)),
  };
}

/** APPS has a list of them, as JSON in a text. */
function firstSolution(value: unknown): string | null {
  const list = jsonInText(value);
  if (Array.isArray(list)) return scalarText(list[0]);
  return typeof value === "string" ? value : null;
}
