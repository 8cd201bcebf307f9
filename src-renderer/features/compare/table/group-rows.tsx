/** The benchmarks of one group, which share their problems: scores with their doubt, and each against the baseline. */
import type { ReactNode } from "react";
import type { ComparedGroup, ComparedRow } from "#shared/schema/compare.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { Whisker } from "#renderer/charts/intervals/whisker.tsx";
import {
  formatInterval,
  formatNumber,
  formatP,
  formatPercent,
  formatPoints,
  plural,
} from "#renderer/ui/format.ts";
import { pipelineText } from "#renderer/ui/pipelines/pipeline-name.tsx";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { Score, Trials } from "#renderer/ui/score.tsx";
import { UsdInColumn } from "#renderer/ui/usd-column.tsx";
import { placesOf } from "#renderer/ui/usd-places.ts";
import { VerdictWord } from "#renderer/ui/verdict-word.tsx";
import { drawnRows, modelKey } from "../compared-models.ts";
import type { ComparedModel, Sort, TableView } from "../compared-models.ts";
import { groupProtocol } from "../protocol-text.ts";
import { ModelName } from "./model-name.tsx";
import { SeedsRow } from "./seeds-row.tsx";

/** Of the whole table. */
export const COLUMNS = 10;

function VerdictCells({
  row,
  isBaseline,
}: {
  readonly row: ComparedRow;
  readonly isBaseline: boolean;
}): ReactNode {
  if (isBaseline)
    return (
      <td colSpan={4} className="t3">
        baseline
      </td>
    );
  const { versus } = row;
  if (versus === null)
    return (
      <td colSpan={4} className="warn nowrap" title={row.refusal ?? ""}>
        <Glyph name="warn" /> not comparable: {row.refusal}
      </td>
    );
  return (
    <>
      <td
        className="num"
        title={`${plural(versus.wins, "problem")} better, ${versus.losses} worse, ${versus.ties} the same`}
      >
        {formatPoints(versus.difference.value)}
      </td>
      <td className="ci" title={`${formatPercent(versus.confidence)}%`}>
        {formatInterval(versus.difference.low, versus.difference.high)}
      </td>
      <td className="num">{formatP(versus.pAdjusted)}</td>
      <td>
        <VerdictWord verdict={versus.verdict} />
      </td>
    </>
  );
}

function ScoreCells({ row }: { readonly row: ComparedRow }): ReactNode {
  const { summary } = row;
  const passK = summary.passK.findLast(({ k }) => k > 1);
  return (
    <>
      <td className="nowrap">
        {passK === undefined ? <span className="t3">k is 1</span> : <Score estimate={passK} />}
      </td>
      <td className="nowrap">
        <Score estimate={summary.consK} />
      </td>
      <td className="num" title={`${formatPercent(summary.formatRate)}% in the asked form`}>
        {formatNumber(summary.meanTokens, 1)}
      </td>
      <td className="num">{formatPercent(summary.truncatedRate)}</td>
    </>
  );
}

function Row({
  row,
  model,
  isBaseline,
  view,
  usdPlaces,
}: {
  readonly row: ComparedRow;
  readonly usdPlaces: number;
  readonly model: ComparedModel | undefined;
  readonly isBaseline: boolean;
  readonly view: TableView;
}): ReactNode {
  const { summary } = row;
  return (
    <>
      <tr>
        <td className="nowrap">
          <a
            href={hrefTo(["run", row.runId])}
            className="link-quiet"
            title={`${pipelineText(row)} / ${row.label}, seed ${row.seed}`}
          >
            <ModelName model={model} />
          </a>
        </td>
        <td className="num med">{formatPercent(summary.pass1.value)}</td>
        <td className="ci">{formatInterval(summary.pass1.low, summary.pass1.high)}</td>
        <td className="whiskercell">
          <Whisker estimate={summary.pass1} mark={model?.style ?? "reference"} />
        </td>
        <td className="num t3">
          <Trials n={summary.n} k={summary.k} />
        </td>
        {view === "verdicts" ? (
          <VerdictCells row={row} isBaseline={isBaseline} />
        ) : (
          <ScoreCells row={row} />
        )}
        <td className="num" title="The stages that made the model; its benchmark left out">
          {row.lineage.length === 0 ? (
            <span className="t3">–</span>
          ) : (
            <UsdInColumn usd={row.trainingUsd} places={usdPlaces} />
          )}
        </td>
      </tr>
      {row.cautions.length > 0 && (
        <tr className="caution">
          <td className="s11 t3">note</td>
          <td colSpan={COLUMNS - 1}>
            <span className="cautions">
              {row.cautions.map((caution) => (
                <span key={caution} className="tag warn">
                  <Glyph name="warn" />
                  {caution}
                </span>
              ))}
            </span>
          </td>
        </tr>
      )}
    </>
  );
}

export function GroupRows({
  group,
  models,
  view,
  sort,
  together,
}: {
  readonly group: ComparedGroup;
  readonly models: ReadonlyMap<string, ComparedModel>;
  readonly view: TableView;
  readonly sort: Sort;
  /** Launches with several seeds as one row. */
  readonly together: boolean;
}): ReactNode {
  const usdPlaces = placesOf(
    group.rows.map((row) => (row.lineage.length === 0 ? null : row.trainingUsd)),
  );
  return (
    <>
      <tr className="sub">
        <td colSpan={COLUMNS}>{groupProtocol(group)}</td>
      </tr>
      {drawnRows(group, sort, together).map((drawn) =>
        "counted" in drawn ? (
          <SeedsRow
            key={`seeds ${drawn.runIds[0] ?? ""}`}
            seeds={drawn}
            {...{ group, models, view, usdPlaces }}
          />
        ) : (
          <Row
            key={drawn.runId}
            row={drawn}
            model={models.get(modelKey(drawn))}
            isBaseline={drawn.runId === group.baseline}
            view={view}
            usdPlaces={usdPlaces}
          />
        ),
      )}
    </>
  );
}
