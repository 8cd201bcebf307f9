/** One metric of the stages that made the compared models, over their steps. Training's own numbers, not held-out scores. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { ComparedRow } from "#shared/schema/compare.ts";
import type { RunId } from "#shared/schema/run.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { Series } from "#renderer/charts/series.ts";
import { SeriesChart } from "#renderer/charts/series-chart/series-chart.tsx";
import { formatCompact } from "#renderer/ui/format.ts";
import { modelKey } from "../compared-models.ts";
import type { ComparedModel } from "../compared-models.ts";

const MOST_CURVES = 12;
/** Past the six colours: grey. */
const GREY = 6;

interface Curve {
  readonly runId: RunId;
  readonly model: ComparedModel;
}

/** The stage that made each model, once. */
function curvesOf(
  rows: readonly ComparedRow[],
  models: ReadonlyMap<string, ComparedModel>,
): readonly Curve[] {
  const curves = new Map<RunId, Curve>();
  for (const row of rows) {
    const model = models.get(modelKey(row));
    const made = row.lineage.findLast(({ stageName }) => stageName === row.label);
    if (model !== undefined && made !== undefined)
      curves.set(made.runId, { runId: made.runId, model });
  }
  return [...curves.values()].slice(0, MOST_CURVES);
}

export function LearningCurves({
  rows,
  models,
}: {
  readonly rows: readonly ComparedRow[];
  readonly models: ReadonlyMap<string, ComparedModel>;
}): ReactNode {
  const [wanted, setName] = useFilter("metric", "reward");
  const curves = useMemo(() => curvesOf(rows, models), [rows, models]);
  const runIds = curves.map(({ runId }) => runId);
  const query = useQuery(
    runIds.length === 0
      ? undefined
      : {
          key: `compare.curves:${runIds.join(",")}:${wanted}`,
          topics: ["results"],
          fetch: (signal) => host.cockpit.overlay({ runIds, name: wanted }, { signal }),
        },
  );
  const data = query.data;
  const series = useMemo(
    (): readonly Series[] =>
      (data?.series ?? []).flatMap(({ runId, series: one }) => {
        const model = curves.find((curve) => curve.runId === runId)?.model;
        if (one === null || model === undefined) return [];
        return [
          {
            id: runId,
            label: `${model.letter} ${model.label}`,
            x: one.step,
            y: one.mean,
            tone: model.style === "reference" ? GREY : model.style,
          },
        ];
      }),
    [data, curves],
  );
  if (runIds.length === 0 || data === undefined) return null;
  const names = data.names.map(({ name }) => name);
  const pick = (
    <select
      className="input curvepick"
      aria-label="Metric of the learning curves"
      value={wanted}
      onChange={(event) => setName(event.currentTarget.value)}
    >
      {!names.includes(wanted) && <option value={wanted}>{wanted}</option>}
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
  if (series.length === 0)
    return (
      <div className="comparenote s12 t3 flex">
        None of these stages has the metric {wanted}. {pick}
      </div>
    );
  const [only] = series;
  return (
    <SeriesChart
      title="Learning curves"
      unit={`while training${series.length === 1 && only !== undefined ? `, ${only.label} alone has it` : ""}`}
      series={series}
      format={(value) => formatCompact(value)}
      height={164}
      actions={pick}
    />
  );
}
