/** What a dataset, a filter or a version holds, in numbers; each count leads to its records. */
import type { ReactNode } from "react";
import type { DatasetId, DatasetStatistics, Spread } from "#shared/schema/dataset.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/gu, "\\$&")}"`;
}

interface CountRow {
  readonly label: string;
  readonly count: number;
  /** Finds these records. */
  readonly term: string | undefined;
}

function countRows(statistics: DatasetStatistics): readonly CountRow[] {
  const { status, verdict, formatProblems, contamination, tags, tasks } = statistics;
  const rows: readonly CountRow[] = [
    ...(["pending", "accepted", "rejected", "flagged"] as const).map((name) => ({
      label: name,
      count: status[name],
      term: `status:${name}`,
    })),
    { label: "edited", count: statistics.edited, term: "is:edited" },
    { label: "answer correct", count: verdict.correct, term: "verdict:correct" },
    { label: "answer wrong", count: verdict.wrong, term: "verdict:wrong" },
    { label: "answer not verified", count: verdict.none, term: "verdict:none" },
    { label: "exact duplicates", count: statistics.exactDuplicates, term: "duplicate:exact" },
    { label: "near duplicates", count: statistics.nearDuplicates, term: "duplicate:near" },
    ...Object.entries(formatProblems).map(([name, count]) => ({
      label: `form: ${name.replaceAll("-", " ")}`,
      count,
      term: `format:${name}`,
    })),
    ...Object.entries(contamination).map(([name, count]) => ({
      label: `contaminated: ${name.replace("-problem", " problem")}`,
      count,
      term: `contamination:${name}`,
    })),
    ...Object.entries(tasks).map(([name, count]) => ({
      label: `task ${name}`,
      count,
      term: `task:${name}`,
    })),
    ...Object.entries(tags).map(([name, count]) => ({
      label: `tag ${visibleText(name)}`,
      count,
      term: `tag:${quoted(name)}`,
    })),
  ];
  return rows.filter(({ count }) => count > 0);
}

const SPREADS = [
  ["words", "Words", 0],
  ["readability", "Readability, 0–100", 1],
  ["language", "Words in the prompt's language, 0–1", 2],
  ["repetition", "Repeated 4-grams, 0–1", 3],
] as const;

function SpreadRow({
  label,
  spread,
  digits,
}: {
  readonly label: string;
  readonly spread: Spread | null;
  readonly digits: number;
}): ReactNode {
  if (spread === null)
    return (
      <tr>
        <td>{label}</td>
        <td colSpan={6} className="t3">
          not measured
        </td>
      </tr>
    );
  return (
    <tr>
      <td>{label}</td>
      {[spread.min, spread.p10, spread.median, spread.p90, spread.max].map((value, index) => (
        // The five numbers have fixed places.
        <td key={`${label}.${String(index)}`} className="num">
          {formatNumber(value, digits)}
        </td>
      ))}
      <td className="num t3">{formatNumber(spread.n)}</td>
    </tr>
  );
}

export interface StatisticsTableProps {
  readonly statistics: DatasetStatistics;
  /** Makes the counts lead to the records; not for a version, whose records may have changed since. */
  readonly datasetId?: DatasetId;
}

export function StatisticsTable({ statistics, datasetId }: StatisticsTableProps): ReactNode {
  return (
    <>
      <table>
        <thead>
          <tr>
            <th>Measure</th>
            <th className="num">least</th>
            <th className="num">10%</th>
            <th className="num">median</th>
            <th className="num">90%</th>
            <th className="num">most</th>
            <th className="num">n</th>
          </tr>
        </thead>
        <tbody>
          {SPREADS.map(([field, label, digits]) => (
            <SpreadRow key={field} label={label} spread={statistics[field]} digits={digits} />
          ))}
        </tbody>
      </table>
      <ul className="counts s12">
        {countRows(statistics).map(({ label, count, term }) => (
          <li key={label} className="flex">
            <span className="grow ell t2">{label}</span>
            {datasetId === undefined || term === undefined ? (
              <span className="tn">{formatNumber(count)}</span>
            ) : (
              <a
                className="link tn"
                href={hrefTo(["curation"], { dataset: datasetId, queue: "all", filter: term })}
              >
                {formatNumber(count)}
              </a>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
