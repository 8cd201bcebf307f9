/** A published score among those measured here: hollow, flagged, and part of no comparison. */
import type { ReactNode } from "react";
import type { ComparedGroup, PublishedScore } from "#shared/schema/compare.ts";
import { Mark } from "#renderer/charts/intervals/mark.tsx";
import { Whisker } from "#renderer/charts/intervals/whisker.tsx";
import { formatNumber, formatPercent } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";

/** A published score on the same scale. Nothing about it was measured here, so it takes part in no comparison. */
export function PublishedRow({
  score,
  groups,
}: {
  readonly score: PublishedScore;
  readonly groups: readonly ComparedGroup[];
}): ReactNode {
  const same = groups.some(({ title }) => title.toLowerCase() === score.benchmark.toLowerCase());
  return (
    <tr className="published">
      <td className="nowrap">
        <span className="modelname">
          <Mark tone="reference" />
          <span className="t2">{score.model}</span>
        </span>
      </td>
      <td className="num">
        {score.isRating ? formatNumber(score.value) : formatPercent(score.value)}
      </td>
      <td className="t3">no interval</td>
      <td className="whiskercell">
        {!score.isRating && (
          <Whisker estimate={{ ...score, low: score.value, high: score.value }} mark="reference" />
        )}
      </td>
      <td className="t3 nowrap">{score.measure}</td>
      <td colSpan={5}>
        <span className="cautions">
          <span className={same ? "tag ref" : "tag warn"}>
            {!same && <Glyph name="warn" />}
            {same ? score.benchmark : `other problems: ${score.benchmark}`}
          </span>
          {score.conditions.map((condition) => (
            <span key={condition} className="tag ref">
              {condition}
            </span>
          ))}
          <span className="t3 ell" title={score.source}>
            {score.source}, {score.date}
          </span>
        </span>
      </td>
    </tr>
  );
}
