/** How shares between 0 and 1 are spread: bars from zero, none and all by themselves; the counts are its table. */
import { useState } from "react";
import type { ReactNode } from "react";
import { formatNumber, formatPercent, plural } from "#renderer/ui/format.ts";
import "./bars.css";

export interface RateBin {
  readonly from: number;
  readonly to: number;
  readonly problems: number;
}

export interface RateHistogramProps {
  readonly title: string;
  readonly caption: string;
  readonly bins: readonly RateBin[];
}

function rangeText({ from, to }: RateBin): string {
  if (from === to) return from === 0 ? "never" : "always";
  return `to ${formatPercent(to, 0)}%`;
}

/** The bars alone, as high as their box. */
export function RateBars({ title, bins }: Pick<RateHistogramProps, "title" | "bins">): ReactNode {
  const most = Math.max(1, ...bins.map(({ problems }) => problems));
  const summary = bins
    .filter(({ problems }) => problems > 0)
    .map((bin) => `${rangeText(bin)}: ${plural(bin.problems, "problem")}`)
    .join("; ");
  return (
    <span className="ratebars" role="img" aria-label={`${title}. ${summary}`}>
      {bins.map((bin) => (
        <i
          key={`${String(bin.from)}-${String(bin.to)}`}
          className={bin.from === bin.to ? "edge" : undefined}
          title={`${rangeText(bin)}: ${plural(bin.problems, "problem")}`}
          style={{ height: `${String((100 * bin.problems) / most)}%` }}
        />
      ))}
    </span>
  );
}

export function RateHistogram({ title, caption, bins }: RateHistogramProps): ReactNode {
  const [asTable, setAsTable] = useState(false);
  return (
    <figure className="ratefigure">
      <header className="flex s12">
        <span className="med ell" title={title}>
          {title}
        </span>
        <span className="t3 s11 ell grow">{caption}</span>
        <button
          type="button"
          className="linkbtn s11"
          aria-pressed={asTable}
          aria-label={`${title} as a table`}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? "Bars" : "Table"}
        </button>
      </header>
      {asTable ? (
        <table>
          <thead>
            <tr>
              <th>Solved</th>
              <th className="num">Problems</th>
            </tr>
          </thead>
          <tbody>
            {bins.map((bin) => (
              <tr key={`${String(bin.from)}-${String(bin.to)}`}>
                <td>{rangeText(bin)}</td>
                <td className="num">{formatNumber(bin.problems)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <>
          <RateBars title={`${title}, ${caption}`} bins={bins} />
          <div className="flex s11 t3 rateaxis" aria-hidden="true">
            <span>never</span>
            <span className="grow">50%</span>
            <span>always</span>
          </div>
        </>
      )}
    </figure>
  );
}
