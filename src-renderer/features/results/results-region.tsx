/** The result table, its sentences and its charts. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import { scoreNames } from "#shared/comparison-text.ts";
import type { PipelineResults } from "#shared/schema/evaluation.ts";
import { IntervalBars } from "#renderer/charts/bars/interval-bars.tsx";
import { formatNumber } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { TwinTable } from "#renderer/ui/pipelines/twin-table.tsx";
import { Empty } from "#renderer/ui/region-state.tsx";
import { DifficultyTable, ResultsTable } from "./results-table.tsx";
import { verdictLines } from "./verdict-lines.ts";

const MARKS = {
  better: { glyph: "check", tone: "pass" },
  worse: { glyph: "cross", tone: "fail" },
  "cannot tell": { glyph: "dash", tone: "t3" },
  refused: { glyph: "warn", tone: "warn" },
} as const;

export function ResultsRegion({
  results,
  active,
}: {
  readonly results: PipelineResults;
  readonly active: boolean;
}): ReactNode {
  const { rows } = results;
  const lines = useMemo(() => verdictLines(rows), [rows]);
  const names = useMemo(() => scoreNames(rows), [rows]);
  const difficulties = useMemo(
    () =>
      [
        ...new Set(rows.flatMap((row) => row.summary.byDifficulty.map((one) => one.difficulty))),
      ].toSorted((a, b) => a - b),
    [rows],
  );
  const first = rows[0];
  if (first === undefined) {
    return (
      <Empty>
        {active
          ? "No benchmark has finished yet. The first one measures the model as it is, before any training."
          : "This pipeline has no finished benchmark, so there is nothing to compare."}
      </Empty>
    );
  }
  const { n, k } = first.summary;
  return (
    <>
      {lines.length > 0 && (
        <ul className="verdicts s12">
          {lines.map((line) => (
            <li key={line.runId}>
              <Glyph name={MARKS[line.verdict].glyph} className={MARKS[line.verdict].tone} />
              <span>
                <b className="med">{line.claim}</b> <span className="t2">{line.basis}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <ResultsTable rows={rows} />
      <p className="s11 t3" style={{ padding: "8px 16px" }}>
        Intervals of scores: 95%, bootstrap over problems with all samples of a problem kept
        together. Differences: to the nearest row above that may be compared, paired on the same
        problems; p by sign-flip permutation, Holm-adjusted over this table, and the interval of the
        same test, so that it leaves out zero exactly where there is a verdict. Cost: the stages
        between this row and the one before, benchmarks left out.
      </p>
      <div className="resultcharts bt">
        <IntervalBars
          title="pass@1 by model"
          caption={`%, 95% interval, n ${formatNumber(n)}, k ${formatNumber(k)}`}
          seriesLabels={["pass@1"]}
          groups={rows.map((row, at) => ({
            label: names[at] ?? row.label,
            estimates: [row.summary.pass1],
          }))}
          height={200}
        />
        {difficulties.length > 0 && (
          <IntervalBars
            title="pass@1 by difficulty"
            caption={`%, 95% interval, k ${formatNumber(k)}`}
            seriesLabels={names}
            groups={difficulties.map((difficulty) => ({
              label: `difficulty ${String(difficulty)}`,
              estimates: rows.map((row) =>
                row.summary.byDifficulty.find((one) => one.difficulty === difficulty),
              ),
            }))}
            height={184}
          />
        )}
      </div>
      {results.twins.map((twin) => (
        <TwinTable key={twin.ppo.runId} twin={twin} />
      ))}
      {difficulties.length > 0 && (
        <>
          <div className="head bt">
            <h2>By difficulty</h2>
            <span className="note">pass@1 %, 95% interval</span>
          </div>
          <DifficultyTable rows={rows} />
        </>
      )}
    </>
  );
}
