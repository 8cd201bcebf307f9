/** What a problem and a list of problems are told by: hashes of their content. */
import { createHash } from "node:crypto";
import type { SetProblem } from "#shared/schema/problem.ts";
import { canonicalJson } from "#main/platform/canonical-json.ts";
import { rawNumberText } from "#main/platform/exact-json.ts";

/** A problem as it comes in: numbers in columns that a double would change are raw JSON (platform/exact-json.ts). */
export type IncomingProblem = Omit<SetProblem, "columns"> & {
  readonly columns: Readonly<Record<string, unknown>>;
};

/** Of what is asked and how answers are judged; whatever the id, the split and the columns. 16 hexadecimal digits. */
export function problemContent({
  messages,
  gold,
  verifier,
}: Pick<SetProblem, "messages" | "gold" | "verifier">): string {
  return sha256(canonicalJson({ messages, gold, verifier })).slice(0, 16);
}

/** Of all of a list's problems with everything they have, in order. */
export function listContent(problems: Iterable<IncomingProblem>): string {
  const hash = createHash("sha256");
  for (const problem of problems) hash.update(`${problemLine(problem)}\n`);
  return hash.digest("hex");
}

/** What `listContent` hashes, a line for each problem. Migration 20 made hashes of it: a change of it is a new migration. */
export function problemLine(problem: IncomingProblem): string {
  return canonicalJson({ ...problem, columns: withWrittenNumbers(problem.columns) });
}

/** Raw numbers as texts that no value of a file has: 1.0 and 1 differ. */
function withWrittenNumbers(value: unknown): unknown {
  const raw = rawNumberText(value);
  if (raw !== undefined) return `\0${raw}`;
  if (Array.isArray(value)) return value.map(withWrittenNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withWrittenNumbers(item)]),
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
