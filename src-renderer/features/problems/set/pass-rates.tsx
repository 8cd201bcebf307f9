/** How a model's pass rates are spread over the set's problems, and who was measured. */
import type { ReactNode } from "react";
import type { MeasuredModel } from "#shared/schema/problem-set.ts";
import { host } from "#renderer/bridge/host.ts";
import { queryOf } from "#renderer/bridge/query-client.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { RateHistogram } from "#renderer/charts/bars/rate-histogram.tsx";
import { formatNumber, formatPercent } from "#renderer/ui/format.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import type { SetPlace } from "./set-place.ts";

/** Models beyond these are in the filter's choice. */
const SHOWN = 6;

function Rates({
  place,
  model,
}: {
  readonly place: SetPlace;
  readonly model: MeasuredModel;
}): ReactNode {
  const { name: set, version } = place;
  const { data, failure } = useQuery(
    queryOf(
      `problem-rates:${JSON.stringify([set, version, model.key])}`,
      ["benchmarks", "results"],
      (options) => host.problems.passRates({ set, version, model: model.key }, options),
    ),
  );
  if (failure !== undefined) return <FailureNotice failure={failure} />;
  if (data === undefined || data === null) return null;
  return (
    <RateHistogram
      title={visibleText(model.name)}
      caption={`mean ${formatPercent(data.mean)}%, n ${formatNumber(model.problems)}, no interval`}
      bins={data.bins}
    />
  );
}

export function PassRates({
  place,
  models,
}: {
  readonly place: SetPlace;
  readonly models: readonly MeasuredModel[];
}): ReactNode {
  return (
    <section className="ppart" aria-label="Pass rates">
      <h3>Pass rates: problems by the share of samples that is right</h3>
      {models.length === 0 && (
        <p className="s12 t2">
          No model was measured on this set yet. Measure one to see which problems it can learn
          from.
        </p>
      )}
      {models.slice(0, SHOWN).map((model) => (
        <Rates key={model.key} place={place} model={model} />
      ))}
    </section>
  );
}
