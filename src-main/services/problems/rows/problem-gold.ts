/** The gold of a row: a text, the end of a worked one, or several right answers. */
import type { ProblemMapping } from "#shared/schema/problem-import.ts";
import type { VerifierSpec } from "#shared/schema/problem.ts";
import { finalAnswer, lastLineIsMarked } from "../../datasets/rows/golds.ts";
import { jsonInText } from "../../datasets/rows/row-cells.ts";
import { BadRowError } from "../../datasets/rows/turns.ts";
import { goldRefusal } from "../check-gold.ts";
import type { ProblemCells } from "./problem-cells.ts";
import { scalarText } from "./problem-cells.ts";

interface Gold {
  readonly gold: string | null;
  /** The text that led to it, where the answer's column holds both (GSM8K). */
  readonly worked: string | null;
  /** The verifier that was named, with what it needs where there are several answers; null where there is one. */
  readonly verifier: VerifierSpec | null;
}

const only = (gold: string | null, worked: string | null = null): Gold => ({
  gold,
  worked,
  verifier: null,
});

/** @param verifier that somebody named for the problem. Throws BadRowError. */
export function goldOf(
  cells: ProblemCells,
  mapping: ProblemMapping,
  solution: string | null,
  verifier: string | undefined,
): Gold {
  if (mapping.answer === null && mapping.messages === null) return only(null);
  const inSolution = solution === null ? null : finalAnswer(solution);
  if (mapping.answer === null) return only(inSolution);
  if (mapping.answer === mapping.solution) {
    if (solution === null) throw new BadRowError(`has no answer in "${mapping.answer}"`);
    if (inSolution === null)
      throw new BadRowError(
        `has no answer: "${mapping.answer}" ends with no #### and holds no \\boxed{…}`,
      );
    return only(inSolution);
  }
  const list = answersIn(cells, mapping.answer);
  if (list !== null && list.length > 1) return severalOf(list, mapping.answer, verifier);
  const text = list === null ? cells.text(mapping.answer) : (list[0] ?? null);
  if (text === null || text.trim() === "") {
    if (inSolution !== null) return only(inSolution);
    throw new BadRowError(`has no answer in "${mapping.answer}"`);
  }
  const isMarked = lastLineIsMarked(text);
  const marked = isMarked || text.trimEnd().endsWith("</answer>") ? finalAnswer(text) : null;
  if (isMarked && marked === null)
    throw new BadRowError(`has no answer: "${mapping.answer}" ends with #### and nothing after it`);
  return marked === null ? only(text.trim()) : only(marked.trim(), text);
}

/** A list of answers, or a text that is one in JSON, as verl's ground truths are; null for anything else. */
function answersIn(cells: ProblemCells, column: string): string[] | null {
  const value = cells.value(column);
  const list = typeof value === "string" ? textsInJson(value) : value;
  if (!Array.isArray(list)) return null;
  return list.map((item: unknown) => {
    const text = scalarText(item);
    if (text === null) throw new BadRowError(`"${column}" is a list of what is not text`);
    return text;
  });
}

/** [1] is an interval's or a matrix's way to be written; ["1"] is a list. */
function textsInJson(text: string): unknown[] | null {
  const list = jsonInText(text);
  const isList = Array.isArray(list) && list.length > 0;
  return isList && list.every((one) => typeof one === "string") ? list : null;
}

/** Nobody can tell from the parts whether any of them will do or all are the answer, unless the verifier says it. */
function severalOf(list: readonly string[], column: string, verifier: string | undefined): Gold {
  const [first = "", ...others] = list.map((one) => one.trim());
  if (verifier === "text")
    return {
      gold: first,
      worked: null,
      verifier: { name: verifier, options: { accepted: others } },
    };
  if (verifier === "list" || verifier === "set") {
    const maths = { name: "maths", options: {} } as const;
    const isMaths = list.every((gold) => goldRefusal({ gold, verifier: maths }) === null);
    return {
      gold: [first, ...others].join("\n"),
      worked: null,
      verifier: { name: verifier, options: { item: isMaths ? "maths" : "text" } },
    };
  }
  throw new BadRowError(
    `"${column}" holds ${list.length} answers: name the verifier text where any of them will do, set where all are the answer, list where their order counts too`,
  );
}
