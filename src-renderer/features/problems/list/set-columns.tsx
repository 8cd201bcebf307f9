/** Columns of the list of problem sets. */
import type { ProblemSetSummary } from "#shared/schema/problem-set.ts";
import { formatNumber, formatWhen } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { SetRates } from "./set-rates.tsx";
import { verifiersText } from "../set-words.ts";

type Column = GridColumn<ProblemSetSummary>;

const NAME: Column = {
  id: "name",
  header: "Problem set",
  track: "minmax(150px, 1.4fr)",
  cell: ({ name, title }) => (
    <span title={name}>
      <span className="med">{name}</span>
      {title !== name && <span className="t3"> {visibleText(title)}</span>}
    </span>
  ),
};

function count(
  id: string,
  header: string,
  track: string,
  of: (set: ProblemSetSummary) => number,
): Column {
  return {
    id,
    header,
    track,
    numeric: true,
    cell: (set) => {
      const number = of(set);
      return number === 0 ? <span className="t3">0</span> : formatNumber(number);
    },
  };
}

/** What was counted, with a mark where it is more than none; a dash where nobody looked. */
function doubt(
  id: string,
  header: string,
  word: string,
  of: (set: ProblemSetSummary) => number | null,
): Column {
  return {
    id,
    header,
    track: "104px",
    numeric: true,
    cell: (set) => {
      const number = of(set);
      if (number === null)
        return (
          <span className="t3" title="nobody looked">
            –
          </span>
        );
      if (number === 0) return <span className="t3">none</span>;
      return (
        <span className="warn" title={`${formatNumber(number)} ${word}`}>
          <Glyph name="warn" /> {formatNumber(number)}
        </span>
      );
    },
  };
}

/** @param now for the times */
export function setColumns(now: number): readonly Column[] {
  return [
    NAME,
    {
      id: "version",
      header: "Version",
      track: "64px",
      numeric: true,
      cell: ({ latest }) => <span className="mono">v{latest.version}</span>,
    },
    count("train", "Train", "76px", ({ latest }) => latest.statistics.splits.train),
    count("test", "Test", "68px", ({ latest }) => latest.statistics.splits.test),
    {
      id: "verifier",
      header: "Verifier",
      track: "minmax(90px, 0.7fr)",
      cell: ({ latest }) => <span className="mono">{verifiersText(latest.statistics)}</span>,
    },
    doubt(
      "gold",
      "Gold rejected",
      "gold answers that their own verifier does not read",
      ({ latest }) => latest.statistics.goldRejected,
    ),
    doubt(
      "near",
      "Near repeats",
      "problems that an earlier one nearly repeats",
      ({ latest }) => latest.statistics.nearDuplicates,
    ),
    {
      id: "rates",
      header: "Pass rates",
      track: "minmax(150px, 0.9fr)",
      cell: ({ name }) => <SetRates set={name} />,
    },
    {
      id: "licence",
      header: "Licence",
      track: "minmax(80px, 0.6fr)",
      wideOnly: true,
      cell: ({ latest }) =>
        latest.licence === "" ? (
          <span className="t3">not noted</span>
        ) : (
          <span title={latest.licence}>{visibleText(latest.licence)}</span>
        ),
    },
    {
      id: "changed",
      header: "Changed",
      track: "112px",
      numeric: true,
      wideOnly: true,
      cell: ({ latest }) => <span className="t3">{formatWhen(latest.createdAtMs, now)}</span>,
    },
  ];
}
