/** A file as the next version of a problem set: all of it or nothing. */
import { setImmediate } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type { BadLine } from "#shared/schema/benchmark.ts";
import type { ProblemImportOutcome } from "#shared/schema/problem-import.ts";
import type { ProblemSetStatistics } from "#shared/schema/problem-set.ts";
import type { ProblemSetName } from "#shared/schema/problem.ts";
import { NearIndex } from "#main/core/curation/near-index.ts";
import { fingerprint } from "#main/core/curation/near-duplicates.ts";
import { verifierByName } from "#main/core/verifiers/registry.ts";
import { sha256Of } from "#main/platform/canonical-json.ts";
import { sideOfText } from "#main/core/problems/side-of-text.ts";
import type { SourceRow } from "#main/core/tables/source-row.ts";
import { listContent, problemContent } from "#main/store/problems/problem-content.ts";
import type { IncomingProblem } from "#main/store/problems/problem-content.ts";
import type { Store } from "#main/store/store.ts";
import { goldRefusal } from "./check-gold.ts";
import { isTable, openProblems } from "./problem-file.ts";
import type { OpenProblems, ProblemFile } from "./problem-file.ts";
import { rowToProblem } from "./rows/row-to-problem.ts";

export interface ProblemImport extends ProblemFile {
  readonly into: ProblemSetName;
  readonly testShare?: number | undefined;
  readonly skipBad: boolean;
  /** Left out: as the version before. */
  readonly instruction?: string | undefined;
  readonly licence?: string | undefined;
  readonly source?: string | undefined;
}

/** Rows between which the host answers others. */
const PAUSE_AFTER = 100;
/** Lines that are remembered one by one. */
const LINES_KEPT = 10_000;
/** Of all of a set's texts together: they are in memory at once. */
const MOST_CHARACTERS = 1_000_000_000;

type Reading = {
  readonly problems: readonly { readonly line: number; readonly problem: IncomingProblem }[];
  readonly bad: Lines;
  readonly duplicates: number;
};

/**
 * Throws BAD_INPUT where the file has no column to ask, or no line that can be used. Where lines are bad and `skipBad` is
 * not set, nothing is written and the outcome's version is null.
 */
export async function importProblems(
  store: Store,
  options: ProblemImport,
  now: () => number,
  signal?: AbortSignal,
): Promise<ProblemImportOutcome> {
  const { problems, bad, duplicates } = await readAll(
    options,
    await openProblems(options, undefined, signal),
    signal,
  );
  const refused = bad.count > 0 && !options.skipBad;
  const nothing = {
    set: options.into,
    version: null,
    problems: 0,
    splits: { train: 0, test: 0 },
    bad: bad.lines,
    badLines: bad.count,
    duplicates,
    goldRejected: [],
    goldsRejected: 0,
    contradicted: [],
    goldsContradicted: 0,
    withoutGold: 0,
    nearDuplicates: 0,
    unchanged: false,
  };
  if (refused) return nothing;
  if (problems.length === 0) {
    const [first] = bad.lines;
    throw new AppError(
      "BAD_INPUT",
      `No line of ${options.path} can be used${first === undefined ? "" : `: line ${first.line}, ${first.reason}`}.`,
      "Correct the file, or say which column is what: --map prompt=COLUMN answer=COLUMN.",
    );
  }
  const rejected = new Lines();
  const contradictions = contradictionsAmong(problems);
  const near = new NearIndex();
  let nearDuplicates = 0;
  for (const [index, { line, problem }] of problems.entries()) {
    const reason = goldRefusal(problem);
    if (reason !== null) rejected.add(line, reason);
    const print = fingerprint(problem.messages.map(({ content }) => content).join("\n"));
    if (near.nearest(print) !== null) nearDuplicates++;
    near.add(print);
    if (index % PAUSE_AFTER === 0) await pause(signal);
  }
  const list = problems.map(({ problem }) => problem);
  const statistics = {
    ...statisticsOf(list),
    goldRejected: rejected.count,
    nearDuplicates,
  };
  const { version, unchanged } = write(store, options, list, statistics, now());
  return {
    ...nothing,
    version,
    problems: list.length,
    splits: statistics.splits,
    goldRejected: rejected.lines,
    goldsRejected: rejected.count,
    contradicted: contradictions.lines,
    goldsContradicted: contradictions.count,
    withoutGold: list.filter((problem) => !isJudged(problem)).length,
    nearDuplicates,
    unchanged,
  };
}

async function readAll(
  options: ProblemImport,
  { format, mapping, first, rows }: OpenProblems,
  signal: AbortSignal | undefined,
): Promise<Reading> {
  const problems: { line: number; problem: IncomingProblem }[] = [];
  const bad = new Lines();
  /** Contents by id. */
  const ids = new Map<string, string>();
  const contents = new Set<string>();
  let duplicates = 0;
  let characters = 0;
  let read = 0;
  const { testShare = 0 } = options;
  async function* all(): AsyncGenerator<SourceRow> {
    yield* first;
    yield* rows;
  }
  for await (const row of all()) {
    if (++read % PAUSE_AFTER === 0) await pause(signal);
    const found =
      "bad" in row
        ? row
        : rowToProblem(row, mapping, { table: isTable(format), verifier: options.verifier });
    if ("bad" in found) {
      bad.add(row.line, found.bad);
      continue;
    }
    const content = problemContent(found);
    const same = ids.get(found.id);
    if (contents.has(content)) {
      duplicates++;
    } else if (same !== undefined) {
      bad.add(row.line, `its id "${found.id}" stands on an earlier line with another problem`);
    } else {
      const problem = {
        ...found,
        split: found.split ?? sideOfText(found.messages, testShare),
      };
      ids.set(found.id, content);
      contents.add(content);
      problems.push({ line: row.line, problem });
      characters += JSON.stringify(problem).length;
      if (characters > MOST_CHARACTERS) throw tooLarge(options.path);
    }
  }
  return { problems, bad, duplicates };
}

function isJudged({ gold, verifier }: IncomingProblem): boolean {
  return gold !== null || Object.keys(verifier.options).length > 0;
}

/** Equal questions with golds that are not equal by the first one's verifier: one of them teaches what is wrong. */
function contradictionsAmong(problems: Reading["problems"]): Lines {
  const asked = new Map<string, Reading["problems"][number]>();
  const found = new Lines();
  for (const { line, problem } of problems) {
    const { messages, gold } = problem;
    const text = sha256Of(
      messages.map(({ role, content }) => [role, content.trim().replaceAll(/\s+/gu, " ")]),
    );
    const first = asked.get(text);
    if (first === undefined) asked.set(text, { line, problem });
    else if (gold !== null && first.problem.gold !== null && !isSame(first.problem, gold))
      found.add(
        line,
        `line ${first.line} asks the same and has the answer ${shown(first.problem.gold)}, not ${shown(gold)}`,
      );
  }
  return found;
}

function isSame({ gold, verifier: { name, options } }: IncomingProblem, other: string): boolean {
  if (gold === other) return true;
  return verifierByName(name)?.verify({ gold, options }, other).correct ?? false;
}

function shown(gold: string): string {
  return JSON.stringify(gold.length > 100 ? `${gold.slice(0, 100)}…` : gold);
}

/** The newest version where that has these very problems and nothing else was said, else the next one. */
function write(
  store: Store,
  options: ProblemImport,
  problems: readonly IncomingProblem[],
  statistics: ProblemSetStatistics,
  nowMs: number,
): { version: number; unchanged: boolean } {
  const contentSha256 = listContent(problems);
  return store.transaction(() => {
    const latest = store.problems.find(options.into)?.latest;
    const said = {
      instruction: options.instruction ?? latest?.instruction ?? "",
      licence: options.licence ?? latest?.licence ?? "",
      source: options.source ?? latest?.source ?? "",
    };
    const unchanged =
      latest?.contentSha256 === contentSha256 &&
      latest.instruction === said.instruction &&
      latest.licence === said.licence &&
      latest.source === said.source;
    if (unchanged) return { version: latest.version, unchanged };
    const { version } = store.problems.insert(
      {
        set: options.into,
        title: options.into,
        contentSha256,
        ...said,
        createdAtMs: nowMs,
        statistics,
      },
      problems,
    );
    return { version, unchanged };
  });
}

function statisticsOf(
  problems: readonly IncomingProblem[],
): Omit<ProblemSetStatistics, "goldRejected" | "nearDuplicates"> {
  const verifiers: Record<string, number> = {};
  const splits = { train: 0, test: 0 };
  let [withoutGold, withSolution, conversations] = [0, 0, 0];
  for (const { verifier, split, gold, solution, messages } of problems) {
    verifiers[verifier.name] = (verifiers[verifier.name] ?? 0) + 1;
    splits[split]++;
    if (gold === null) withoutGold++;
    if (solution !== null) withSolution++;
    if (messages.length > 1) conversations++;
  }
  return {
    problems: problems.length,
    splits,
    verifiers,
    withoutGold,
    withSolution,
    conversations,
  };
}

/** Lines with what is wrong with each; beyond the first ones only their number. */
class Lines {
  readonly lines: BadLine[] = [];
  count = 0;

  add(line: number, reason: string): void {
    this.count++;
    if (this.lines.length < LINES_KEPT) this.lines.push({ line, reason });
  }
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}

function tooLarge(path: string): AppError {
  return new AppError(
    "BAD_INPUT",
    `${path} holds more than 1,000 million characters of problems. Nothing was imported.`,
    "Divide it into several sets.",
  );
}
