/** Judges a file of completions, JSONL of {id, completion}, into JSONL of {id, correct, score, detail}. */
import { resolve } from "node:path";
import { AppError } from "#shared/errors.ts";
import { writeTextAtomically } from "#main/platform/atomic-write.ts";
import type { Sandbox } from "#main/core/sandbox-port.ts";
import type { Store } from "#main/store/store.ts";
import { judgeMany } from "./judge-many.ts";
import { readCompletions } from "./read-completions.ts";

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
  if (resolve(out) === resolve(completions))
    throw new AppError(
      "BAD_INPUT",
      `${out} is the file of completions: the verdicts would take its place.`,
      "Name another file to write.",
    );
  const asked = await readCompletions(store, { set, version }, completions);
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
