/**
 * GRPO's learning curve over wall time beside TRL's on the same recipe, as a figure: ours from a workspace in which
 * `demo --model` ran, TRL's from what peer/trl_twin.py wrote.
 *
 *   node bench/learning-curves.ts WORKSPACE RUN TWIN/curve.jsonl FIGURE.svg
 *
 * Seconds count from the start of the stage: ours with the start of its process and the loading of the model, TRL's
 * from the call of `train`. Each step's share of right completions is drawn faintly, its average over steps in full.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { Application } from "#main/services/application.ts";
import { chartPicture } from "#renderer/charts/files/chart-picture.ts";
import type { Series } from "#renderer/charts/series.ts";
import { smoothed } from "#renderer/charts/smoothing.ts";
import { RunId } from "#shared/schema/run.ts";

const METRIC = "rewards/answer/mean";

const [workspace, run, twin, figure] = process.argv.slice(2);
if (workspace === undefined || run === undefined || twin === undefined || figure === undefined) {
  console.error(
    "usage: node bench/learning-curves.ts WORKSPACE RUN TWIN/curve.jsonl FIGURE.svg, where RUN is e.g. p1-grpo",
  );
  process.exit(2);
}

interface Point {
  readonly seconds: number;
  /** Share of right completions in the step's batch. */
  readonly answer: number;
}

async function ours(): Promise<Point[]> {
  const app = new Application({ workspace: workspace ?? "", shell: "cli" });
  const runId = RunId.parse(run);
  const { startedAtMs } = app.store.runs.summary(runId);
  const points = [...app.store.metrics.points(runId)].flatMap(({ name, value, timeMs }) =>
    name === METRIC && value !== null && startedAtMs !== null
      ? [{ seconds: (timeMs - startedAtMs) / 1000, answer: value }]
      : [],
  );
  await app.close();
  return points;
}

const TwinLine = z.object({
  stage: z.string(),
  seconds: z.number(),
  answer: z.number().nullish(),
});

function trl(): Point[] {
  return readFileSync(twin ?? "", "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => TwinLine.parse(JSON.parse(line)))
    .flatMap(({ stage, seconds, answer }) =>
      stage === "grpo" && typeof answer === "number" ? [{ seconds, answer }] : [],
    );
}

function seriesOf(label: string, points: readonly Point[]): Series {
  const line = {
    id: label,
    label: `${label}, ${String(points.length)} steps`,
    x: points.map(({ seconds }) => seconds),
    y: points.map(({ answer }) => 100 * answer),
  };
  return smoothed(line, 0.6);
}

/** The light theme's colours: the document that shows the figure is most often white. */
const tokens = new Map(
  [
    ...readFileSync(new URL("../src-renderer/theme/tokens.css", import.meta.url), "utf8").matchAll(
      /(--[\w-]+):\s*(#[\da-f]{3,8});/gu,
    ),
  ].map(([, name = "", color = ""]) => [name, color] as const),
);
const series = [seriesOf("Gradus", await ours()), seriesOf("TRL", trl())];
const svg = chartPicture({
  title: "GRPO on SmolLM2-135M: right completions of a step's batch",
  unit: "%",
  series,
  format: (value) => (value === null ? "" : value.toFixed(0)),
  fromZero: true,
  scale: "linear",
  xRange: undefined,
  xName: "second",
  color: (token) => tokens.get(token) ?? "#888888",
});
writeFileSync(figure, svg);
for (const { label, x, y } of series)
  console.log(
    `${label}: ${x.at(-1)?.toFixed(0) ?? "–"} s, ${y.at(-1)?.toFixed(1) ?? "–"}% at the end`,
  );
process.exit(0);
