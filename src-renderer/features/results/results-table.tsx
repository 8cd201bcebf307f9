/** A pipeline's result table: each benchmark with its doubt, and its paired difference to the row before. */
import { Fragment } from "react";
import type { ReactNode } from "react";
import type { EvaluationSummary } from "#shared/schema/engine-protocol.ts";
import { scoreNames } from "#shared/comparison-text.ts";
import type { ResultRow } from "#shared/schema/evaluation.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { Whisker, WhiskerScale } from "#renderer/charts/intervals/whisker.tsx";
import {
  formatInterval,
  formatNumber,
  formatP,
  formatPercent,
  formatPoints,
  plural,
} from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { Score, Trials } from "#renderer/ui/score.tsx";
import { UsdInColumn } from "#renderer/ui/usd-column.tsx";
import { placesOf } from "#renderer/ui/usd-places.ts";
import { VerdictWord } from "#renderer/ui/verdict-word.tsx";

/** How the scores below were made. Rows under one such line may be compared. */
export function protocolText(summary: EvaluationSummary): string {
  return `${summary.task} · ${plural(summary.n, "problem")} · k ${formatNumber(summary.k)} · T ${formatNumber(summary.temperature, 2)}, top-p ${formatNumber(summary.topP, 2)} · limit ${formatNumber(summary.maxTokens)} tokens · ${summary.scoring} scoring · verifier ${summary.verifierVersion}`;
}

/** pass@j for the largest j ≤ k that was worked out. */
function largestK(summary: EvaluationSummary): EvaluationSummary["passK"][number] | undefined {
  return summary.passK.findLast((one) => one.k > 1);
}

function ComparisonCells({
  comparison,
  first,
}: Pick<ResultRow, "comparison"> & { readonly first: boolean }): ReactNode {
  if (comparison === null)
    return (
      <td colSpan={3} className="t3">
        {first ? "the start" : "first on these problems"}
      </td>
    );
  const { versus, withLabel, refusal, cautions } = comparison;
  if (versus === null)
    return (
      <td colSpan={3} className="warn" title={`against ${withLabel}`}>
        <Glyph name="warn" /> not comparable: {refusal}
      </td>
    );
  const { value, low, high } = versus.difference;
  return (
    <>
      <td
        className="num nowrap"
        title={[
          `against ${withLabel}, paired on ${plural(versus.problems, "problem")}`,
          `interval at ${formatPercent(versus.confidence)}%`,
          ...cautions,
        ].join("; ")}
      >
        {formatPoints(value)} <span className="ci">{formatInterval(low, high)}</span>
      </td>
      <td className="num">{formatP(versus.pAdjusted)}</td>
      <td>
        <VerdictWord verdict={versus.verdict} />
      </td>
    </>
  );
}

function Row({
  row,
  first,
  usdPlaces,
}: {
  readonly row: ResultRow;
  readonly first: boolean;
  readonly usdPlaces: number;
}): ReactNode {
  const { summary, comparison } = row;
  const passK = largestK(summary);
  return (
    <tr>
      <td className="nowrap">
        <a
          className="med link"
          href={hrefTo(["run", row.runId])}
          title="Open the benchmark and its samples"
        >
          {row.label}
        </a>
      </td>
      <td className="num med">{formatPercent(summary.pass1.value)}</td>
      <td className="ci">{formatInterval(summary.pass1.low, summary.pass1.high)}</td>
      <td className="whiskercell">
        <Whisker estimate={summary.pass1} reference={first} />
      </td>
      <td className="num t3">
        <Trials n={summary.n} k={summary.k} />
      </td>
      <td className="nowrap">
        {passK === undefined ? <span className="t3">–</span> : <Score estimate={passK} />}
      </td>
      <td className="nowrap">
        <Score estimate={summary.consK} />
      </td>
      <ComparisonCells comparison={comparison} first={first} />
      <td className="num">
        {first ? (
          <span className="t3">–</span>
        ) : (
          <UsdInColumn usd={row.cost.totalUsd} places={usdPlaces} />
        )}
      </td>
    </tr>
  );
}

export function ResultsTable({ rows }: { readonly rows: readonly ResultRow[] }): ReactNode {
  const largest = rows
    .map((row) => largestK(row.summary)?.k ?? 1)
    .reduce((a, b) => Math.max(a, b), 1);
  // The first is where it began: what it cost is not shown.
  const usdPlaces = placesOf(rows.slice(1).map((row) => row.cost.totalUsd));
  const k = rows.map((row) => row.summary.k).reduce((a, b) => Math.max(a, b), 1);
  return (
    <div className="scroll resultstable" tabIndex={0} role="group" aria-label="Result table">
      <table className="tall">
        <caption className="visually-hidden">
          Scores of each measured model in the recipe&apos;s order, each compared to the one before
        </caption>
        <thead>
          <tr>
            <th>Model</th>
            <th className="num">pass@1 %</th>
            <th>95% interval</th>
            <th className="whiskercell">
              <WhiskerScale />
            </th>
            <th className="num">n · k</th>
            <th>pass@{largest > 1 ? largest : "k"} %</th>
            <th>cons@{k} %</th>
            <th className="num">Points vs before</th>
            <th className="num">p, Holm</th>
            <th>In words</th>
            <th className="num">Cost</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => {
            const protocol = protocolText(row.summary);
            const before = rows[index - 1];
            const changed = before === undefined || protocolText(before.summary) !== protocol;
            return (
              <Fragment key={row.runId}>
                {changed && (
                  <tr className="sub">
                    <td colSpan={11}>{protocol}</td>
                  </tr>
                )}
                <Row row={row} first={index === 0} usdPlaces={usdPlaces} />
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** pass@1 by difficulty, a row for each model. */
export function DifficultyTable({ rows }: { readonly rows: readonly ResultRow[] }): ReactNode {
  const difficulties = [
    ...new Set(rows.flatMap((row) => row.summary.byDifficulty.map((one) => one.difficulty))),
  ].toSorted((a, b) => a - b);
  const names = scoreNames(rows);
  return (
    <table>
      <caption className="visually-hidden">
        pass@1 in percent with its 95% interval, by difficulty
      </caption>
      <thead>
        <tr>
          <th>Model</th>
          {difficulties.map((difficulty) => (
            <th key={difficulty}>
              {difficulty}, n{" "}
              {formatNumber(
                rows[0]?.summary.byDifficulty.find((one) => one.difficulty === difficulty)?.n ??
                  null,
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={row.runId}>
            <td className="med nowrap">{names[at]}</td>
            {difficulties.map((difficulty) => {
              const one = row.summary.byDifficulty.find((entry) => entry.difficulty === difficulty);
              return (
                <td key={difficulty}>
                  {one === undefined ? <span className="t3">–</span> : <Score estimate={one} />}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
