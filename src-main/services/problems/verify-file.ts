/** Judges a file of completions, JSONL of {id, completion}, into JSONL of {id, correct, score, detail}. */
import { AppError } from "#shared/errors.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import { rawNumber } from "#main/platform/exact-json.ts";
import type { Sandbox } from "#main/core/sandbox-port.ts";
import { fileBytes, readRows } from "#main/processes/reading/read-rows.ts";
import type { Store } from "#main/store/store.ts";
import { judgeMany } from "./judge-many.ts";
import type { JudgedProblem } from "./judge-many.ts";
import { scalarText } from "./rows/problem-cells.ts";

export interface VerifiedFile {
  readonly out: string;
  readonly count: number;
  readonly correct: number;
  readonly durationMs: number;
}

/** Nothing is written where a line cannot be judged. Throws NOT_FOUND, BAD_INPUT with the line. */
export async function verifyFile(
  { store, sandbox }: { readonly store: Store; readonly sandbox: Sandbox },
  request: {
    readonly set: string;
    readonly version: number | null;
    readonly completions: string;
    readonly out: string;
  },
  monotonic: () => number,
): Promise<VerifiedFile> {
  const { set, version, completions, out } = request;
  fileBytes(completions);
  const problems = new Map<string, JudgedProblem>();
  for (const problem of store.problems.select({ set, version })) problems.set(problem.id, problem);
  const asked: { id: string; problem: JudgedProblem; completion: string }[] = [];
  for await (const row of readRows(completions, "jsonl").rows) {
    const refuse = (why: string): AppError =>
      new AppError(
        "BAD_INPUT",
        `Line ${row.line} of ${completions} ${why}. Nothing was written.`,
        'Write one JSON object a line: {"id": "…", "completion": "…"}.',
      );
    if ("bad" in row) throw refuse(row.bad);
    const written = row.numbers?.["/id"];
    const id = scalarText(written === undefined ? row.value["id"] : rawNumber(written));
    const { completion } = row.value;
    if (id === null) throw refuse("has no id");
    if (typeof completion !== "string") throw refuse("has no completion");
    const problem = problems.get(id);
    if (problem === undefined)
      throw refuse(`names "${id.slice(0, 200)}", which is no problem of ${set}`);
    asked.push({ id, problem, completion });
  }
  const startedMs = monotonic();
  const verdicts = await judgeMany(asked, sandbox);
  const durationMs = monotonic() - startedMs;
  const lines = verdicts.map(
    ({ correct, score, detail }, i) =>
      `${JSON.stringify({ id: asked[i]?.id, correct, score, detail })}\n`,
  );
  writeTextAtomically(out, lines.join(""));
  const correct = verdicts.filter((verdict) => verdict.correct).length;
  return { out, count: verdicts.length, correct, durationMs };
}
