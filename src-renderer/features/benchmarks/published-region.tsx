/** Scores published elsewhere, by benchmark, with source and conditions. Hollow, and never mixed with measured ones. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import { useFilter } from "#renderer/navigation/location.ts";
import { publishedScoresQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Mark } from "#renderer/charts/intervals/mark.tsx";
import { formatNumber, formatPercent } from "#renderer/ui/format.ts";
import { SkeletonRows } from "#renderer/ui/region-state.tsx";

export function PublishedRegion(): ReactNode {
  const query = useQuery(publishedScoresQuery);
  const [chosen, setChosen] = useFilter("published", "MATH-500 pass@1");
  const scores = useMemo(() => query.data ?? [], [query.data]);
  const names = useMemo(
    () => [...new Set(scores.map(({ benchmark, measure }) => `${benchmark} ${measure}`))],
    [scores],
  );
  const rows = useMemo(
    () =>
      scores
        .filter(({ benchmark, measure }) => `${benchmark} ${measure}` === chosen)
        .toSorted((a, b) => b.value - a.value),
    [scores, chosen],
  );
  const [first] = rows;
  return (
    <section aria-label="Published scores">
      <div className="head bt">
        <h2>Published</h2>
        <select
          className="input end"
          aria-label="Published benchmark"
          value={chosen}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </div>
      {query.data === undefined && <SkeletonRows />}
      {first !== undefined && (
        <p className="s11 t3 publishednote">
          Not run here and without intervals. {first.conditions.slice(0, 3).join(", ")};{" "}
          {first.date}.
        </p>
      )}
      <table>
        <caption className="visually-hidden">Published scores of {chosen}</caption>
        <tbody>
          {rows.map((score) => (
            <tr key={score.id} title={[score.source, ...score.conditions].join("; ")}>
              <td className="ell publishedmodel">
                <Mark tone="reference" /> {score.model}
              </td>
              <td className="num">
                {score.isRating ? formatNumber(score.value) : formatPercent(score.value)}
              </td>
              <td className="t3 ell publishedsource">{score.source}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
