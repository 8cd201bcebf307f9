/** Reads a benchmark file: JSONL of {problem, answer}. Every line that cannot be used is listed; nothing is imported by halves. */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { BadLine, BenchmarkItem, BenchmarkSet } from "#shared/schema/benchmark.ts";
import { jsonFault } from "#main/platform/json-fault.ts";
import { printable } from "#main/core/tables/source-row.ts";
import { parseExactly, WrittenNumber } from "#main/platform/exact-json.ts";
import type { Store } from "#main/store/store.ts";
import { finalAnswer } from "../datasets/rows/golds.ts";

export interface BenchmarkFile {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly instruction: string;
  readonly licence: string;
  readonly source: string;
  readonly skipBad: boolean;
}

/** As it stands in the file: a model is asked with this text. */
const Text = z
  .string()
  .max(100_000)
  .refine((text) => text.trim() !== "", "it is empty");
/** 3 and 3.0 are the same. */
const Level = z.preprocess(
  (value) => (value instanceof WrittenNumber ? Number(value.text) : value),
  z.int().min(0).max(1000),
);
/** Names that benchmark files use for the same things. */
const Line = z.object({
  problem: Text.optional(),
  question: Text.optional(),
  prompt: Text.optional(),
  answer: z.union([Text, z.number(), z.instanceof(WrittenNumber)]).optional(),
  solution: Text.optional(),
  difficulty: Level.optional(),
  level: z.union([Level, z.string()]).optional(),
});

/** Lines beyond which a list of bad ones helps nobody. */
const MOST_BAD_LINES = 1000;

/** Throws CONFLICT where the id or the content is there already, BAD_INPUT where no line can be used. */
export function importBenchmark(
  store: Store,
  file: BenchmarkFile,
  nowMs: number,
): { set: BenchmarkSet | null; badLines: BadLine[] } {
  const { items, badLines } = readLines(file.text);
  if (items.length === 0) {
    throw new AppError(
      "BAD_INPUT",
      `No line of the file can be used${badLines[0] === undefined ? "" : `: line ${badLines[0].line}, ${badLines[0].reason}`}.`,
      'Write one JSON object a line: {"problem": "…", "answer": "…"}.',
    );
  }
  if (badLines.length > 0 && !file.skipBad) return { set: null, badLines };
  const same = store.benchmarks.withItems(items);
  if (same !== null)
    throw new AppError(
      "CONFLICT",
      `These problems are there already, as ${same.id} (${same.name}).`,
      "Run that one: equal sets compare.",
    );
  if (store.problems.find(file.id) !== null)
    throw new AppError(
      "CONFLICT",
      `There is a problem set "${file.id}" with other problems.`,
      "Choose another id: results of an id must always mean the same problems.",
    );
  const { id, name, instruction, licence, source } = file;
  store.transaction(() => {
    store.benchmarks.insert({ id, name, instruction, licence, source, createdAtMs: nowMs }, items);
  });
  return { set: store.benchmarks.get(id), badLines };
}

function readLines(text: string): { items: BenchmarkItem[]; badLines: BadLine[] } {
  const items = new Map<string, BenchmarkItem>();
  const badLines: BadLine[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/u, "")
    .split(/\r?\n/u)
    .entries()) {
    if (line.trim() === "") continue;
    const found = readLine(line);
    const reason =
      typeof found === "string"
        ? found
        : items.has(found.problem)
          ? "the same problem stands on an earlier line"
          : null;
    if (reason !== null) {
      if (badLines.length < MOST_BAD_LINES) badLines.push({ line: index + 1, reason });
    } else if (typeof found !== "string") items.set(found.problem, found);
  }
  return { items: [...items.values()], badLines };
}

/** The item, or what is wrong with the line. */
function readLine(line: string): BenchmarkItem | string {
  let json: unknown;
  try {
    json = parseExactly(line);
  } catch {
    const fault = jsonFault(line);
    return fault === undefined
      ? "it is no JSON"
      : `it is no JSON at column ${fault.offset + 1}: ${printable(fault.reason)}`;
  }
  const parsed = Line.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return issue === undefined ? "it is no record" : `${issue.path.join(".")}: ${issue.message}`;
  }
  const { problem, question, prompt, answer, solution, difficulty, level } = parsed.data;
  const asked = problem ?? question ?? prompt;
  if (asked === undefined) return "it has no problem";
  const gold = answerText(answer) ?? boxedIn(solution);
  if (gold === undefined) return "it has no answer";
  return { problem: asked, answer: gold, difficulty: difficulty ?? levelOf(level) };
}

/** Numbers as they were written; of GSM8K's worked answers, what stands after ####. */
function answerText(answer: string | number | WrittenNumber | undefined): string | undefined {
  if (answer instanceof WrittenNumber) return answer.text;
  if (typeof answer !== "string") return answer?.toString();
  return answer.includes("\n####") ? (finalAnswer(answer) ?? answer.trim()) : answer.trim();
}

/** A worked solution without an answer of its own still has it in a box. */
function boxedIn(solution: string | undefined): string | undefined {
  const at = solution?.lastIndexOf(String.raw`\boxed`) ?? -1;
  return solution === undefined || at < 0 ? undefined : `$${solution.slice(at)}$`.slice(0, 2000);
}

/** "Level 5" and 5 are 5; null: it says nothing. */
function levelOf(level: number | string | undefined): number | null {
  const found = /\d+/u.exec(String(level ?? ""))?.[0];
  return found === undefined ? null : Math.min(1000, Number(found));
}
