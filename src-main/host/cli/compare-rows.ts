/** Benchmarks of two launches side by side, for `runs compare`. */
import { AppError } from "#shared/errors.ts";
import type { Comparison } from "#shared/schema/evaluation.ts";
import type { RunSummary, Score } from "#shared/schema/run.ts";
import { percent } from "./live-line.ts";
import type { Client } from "./open-host.ts";
import { table } from "./terminal.ts";

export interface ComparedRow {
  readonly label: string;
  readonly runId: string;
  readonly withRunId: string;
  readonly score: Score;
  readonly withScore: Score;
  readonly comparison: Comparison;
}

/** One row for two benchmarks; for two launches one for each pair of equal name. Throws NOT_FOUND, BAD_INPUT. */
export async function compareRows(
  client: Client,
  id: string,
  other: string,
): Promise<ComparedRow[]> {
  const [ours, theirs] = await Promise.all([benchmarksOf(client, id), benchmarksOf(client, other)]);
  const single = ours.length === 1 && theirs.length === 1;
  const rows: ComparedRow[] = [];
  for (const run of ours) {
    const match = single ? theirs[0] : theirs.find(({ stageName }) => stageName === run.stageName);
    if (match === undefined || run.score === null || match.score === null) continue;
    const comparison = await client.runs.compare({ runId: run.id, withRunId: match.id });
    rows.push({
      label: run.stageName,
      runId: run.id,
      withRunId: match.id,
      score: run.score,
      withScore: match.score,
      comparison,
    });
  }
  if (rows.length > 0) return rows;
  throw new AppError(
    "BAD_INPUT",
    `${id} and ${other} have no finished benchmark of equal name.`,
    "`gradus runs show ID` lists a launch's benchmarks; name two of them.",
  );
}

export function comparisonText(rows: readonly ComparedRow[], id: string, other: string): string {
  const isPartial = rows.some(
    ({ score, withScore, comparison }) =>
      comparison.problems < score.n || comparison.problems < withScore.n,
  );
  const note =
    "Points are over the problems that both asked; the scores are over all that each one asked.";
  return `${comparisonTable(rows, id, other)}${isPartial ? `\n\n${note}` : ""}`;
}

function comparisonTable(rows: readonly ComparedRow[], id: string, other: string): string {
  return table(
    ["benchmark", id, other, "points", "interval", "p", "verdict", "problems"],
    rows.map(({ label, score, withScore, comparison }) => [
      label,
      percent(score.value),
      percent(withScore.value),
      points(comparison.difference.value),
      `${points(comparison.difference.low)} to ${points(comparison.difference.high)}`,
      comparison.p < 0.0001 ? "<0.0001" : comparison.p.toFixed(4),
      comparison.verdict,
      String(comparison.problems),
    ]),
    [1, 2, 3, 5, 7],
  );
}

function points(difference: number): string {
  return `${difference >= 0 ? "+" : "−"}${Math.abs(difference * 100).toFixed(1)}`;
}

async function benchmarksOf(client: Client, id: string): Promise<RunSummary[]> {
  const { pipelines } = await client.pipelines.list({ limit: 1000 });
  const runs = pipelines.flatMap((pipeline) =>
    pipeline.id === id ? pipeline.runs : pipeline.runs.filter((run) => run.id === id),
  );
  if (runs.length === 0) {
    throw new AppError(
      "NOT_FOUND",
      `There is no launch and no stage "${id}".`,
      "`gradus runs list` shows them all.",
    );
  }
  return runs.filter(({ kind, score }) => kind === "benchmark" && score !== null);
}
