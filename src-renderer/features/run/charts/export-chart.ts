/** A chart's numbers for a file: every point as the store has it, not the buckets that are drawn. */
import type { RunId } from "#shared/schema/run.ts";
import { host } from "#renderer/bridge/host.ts";
import type { ChartSpec } from "#renderer/charts/metric-catalogue.ts";
import type { Column } from "#renderer/charts/files/save-chart.ts";
import type { Range } from "#renderer/charts/series.ts";

const PAGE = 50_000;

async function exactPoints(
  runId: RunId,
  name: string,
  range: Range | undefined,
): Promise<ReadonlyMap<number, number | null>> {
  const points = new Map<number, number | null>();
  const toStep = range?.max;
  let afterStep = range === undefined ? -1 : range.min - 1;
  for (;;) {
    // Each page begins where the one before ended.
    const page = await host.cockpit.points({
      runId,
      name,
      afterStep,
      limit: PAGE,
      ...(toStep === undefined ? {} : { toStep }),
    });
    for (const { step, value } of page) points.set(step, value);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return points;
    afterStep = last.step;
  }
}

/** The chart's metrics, in their own units, under their own names. */
export async function exactColumns(
  runId: RunId,
  spec: ChartSpec,
  range: Range | undefined,
): Promise<readonly Column[]> {
  const band = spec.band === undefined ? [] : [spec.band.low, spec.band.high];
  const names = [...spec.lines.map((line) => line.metric), ...band];
  return Promise.all(
    names.map(async (name) => ({ name, points: await exactPoints(runId, name, range) })),
  );
}
