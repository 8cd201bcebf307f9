/** One row for launches of one recipe that differ in their seeds alone: means with their intervals over seeds. */
import type { ReactNode } from "react";
import { seedsText } from "#shared/over-seeds.ts";
import type { ComparedGroup, SeededRows } from "#shared/schema/compare.ts";
import { Whisker } from "#renderer/charts/intervals/whisker.tsx";
import { formatInterval, formatPercent, formatPoints } from "#renderer/ui/format.ts";
import { UsdInColumn } from "#renderer/ui/usd-column.tsx";
import { modelKey } from "../compared-models.ts";
import type { ComparedModel, TableView } from "../compared-models.ts";
import { ModelName } from "./model-name.tsx";

function pointsCells({ difference, runIds }: SeededRows, { baseline }: ComparedGroup): ReactNode {
  if (difference === null)
    return (
      <td colSpan={4} className="t3">
        {runIds.includes(baseline) ? "baseline" : "not all comparable"}
      </td>
    );
  return (
    <>
      <td className="num">{formatPoints(difference.mean)}</td>
      <td className="ci">{formatInterval(difference.low, difference.high)}</td>
      <td colSpan={2} className="t3 nowrap">
        from {formatPoints(difference.min)} to {formatPoints(difference.max)}
      </td>
    </>
  );
}

export function SeedsRow({
  seeds,
  group,
  models,
  view,
  usdPlaces,
}: {
  readonly seeds: SeededRows;
  readonly group: ComparedGroup;
  readonly models: ReadonlyMap<string, ComparedModel>;
  readonly view: TableView;
  readonly usdPlaces: number;
}): ReactNode {
  const { pass1, runIds, label } = seeds;
  const members = group.rows.filter(({ runId }) => runIds.includes(runId));
  const letters = members.map((row) => models.get(modelKey(row))?.letter ?? "").join(", ");
  const launches = members.map(({ pipelineId, seed }) => `${pipelineId}, seed ${String(seed)}`);
  const [first] = members;
  const mark = (first && models.get(modelKey(first))?.style) ?? "reference";
  return (
    <tr>
      <td className="nowrap" title={launches.join("\n")}>
        <ModelName model={{ style: mark, letter: letters, label }} />
      </td>
      <td className="num med">{formatPercent(pass1.mean)}</td>
      <td className="ci">{formatInterval(pass1.low, pass1.high)}</td>
      <td className="whiskercell">
        <Whisker estimate={{ ...pass1, value: pass1.mean }} mark={mark} />
      </td>
      <td
        className="num t3 nowrap"
        title={`From ${formatPercent(pass1.min)} to ${formatPercent(pass1.max)}`}
      >
        {seedsText(seeds)}
      </td>
      {view === "verdicts" ? (
        pointsCells(seeds, group)
      ) : (
        <td colSpan={4} className="t3">
          from {formatPercent(pass1.min)} to {formatPercent(pass1.max)}
        </td>
      )}
      <td className="num" title="In the mean">
        <UsdInColumn usd={seeds.trainingUsd} places={usdPlaces} />
      </td>
    </tr>
  );
}
