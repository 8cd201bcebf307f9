/** How many problems each of two benchmarks solves, and what decides between them. */
import type { ReactNode } from "react";
import type { ProblemComparison } from "#shared/schema/compare.ts";
import { differenceText } from "#shared/comparison-text.ts";
import { formatP, plural } from "#renderer/ui/format.ts";

export function TwoByTwo({
  found,
  left,
  right,
  k,
}: {
  readonly found: ProblemComparison;
  readonly left: string;
  readonly right: string;
  readonly k: number;
}): ReactNode {
  const { both, onlyLeft, onlyRight, neither, mcnemarP, versus, refusal } = found;
  return (
    <div className="twobytwo">
      <table>
        <caption className="visually-hidden">Problems that each of the two solves</caption>
        <thead>
          <tr>
            <th>
              <span className="visually-hidden">Problems</span>
            </th>
            <th className="num">{right} solves</th>
            <th className="num">{right} fails</th>
            <th className="num">all</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{left} solves</th>
            <td className="num">{both}</td>
            <td className="num decides">{onlyLeft}</td>
            <td className="num t3">{both + onlyLeft}</td>
          </tr>
          <tr>
            <th scope="row">{left} fails</th>
            <td className="num decides">{onlyRight}</td>
            <td className="num">{neither}</td>
            <td className="num t3">{onlyRight + neither}</td>
          </tr>
          <tr>
            <th scope="row">all</th>
            <td className="num t3">{both + onlyRight}</td>
            <td className="num t3">{onlyLeft + neither}</td>
            <td className="num t3">{both + onlyLeft + onlyRight + neither}</td>
          </tr>
        </tbody>
      </table>
      <p className="s11 t3">
        A problem counts as solved when at least half of its {plural(k, "sample")}{" "}
        {k === 1 ? "is" : "are"} right. Only the {onlyLeft + onlyRight} marked problems tell the two
        apart: {onlyLeft} against {onlyRight}, exact McNemar p {formatP(mcnemarP)}.
        {versus !== null &&
          ` All samples counted: ${differenceText(versus)}, p ${formatP(versus.p)}, not corrected.`}
        {refusal !== null && ` No verdict: ${refusal}.`}
      </p>
    </div>
  );
}
