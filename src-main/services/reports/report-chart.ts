/** Scores with their intervals as an SVG drawing: no script, no font of its own, both themes by the page's colours. */
import { percentText } from "#shared/comparison-text.ts";
import type { ReportData } from "./report-data.ts";
import { html } from "./safe-text.ts";

const ROW = 22;
const LEFT = 190;
const WIDTH = 720;
const RIGHT = 130;
const TOP = 6;

/** Measured rows filled, the baseline and published ones hollow. */
export function scoreChart(data: ReportData): string {
  const measured = data.runs.map(({ row, letter, isBaseline }) => ({
    label: `${letter} ${row.label}`,
    ...row.summary.pass1,
    hollow: isBaseline,
  }));
  const published = data.report.published
    .filter(({ isRating }) => !isRating)
    .map(({ model, benchmark, value }) => ({
      label: `${model}, ${benchmark}`,
      value,
      low: value,
      high: value,
      hollow: true,
    }));
  const rows = [...measured, ...published];
  const height = TOP + rows.length * ROW + 26;
  const x = (share: number): number => LEFT + share * (WIDTH - LEFT - RIGHT);
  const axisY = TOP + rows.length * ROW + 4;
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${x(share)}" x2="${x(share)}" y1="${TOP}" y2="${axisY}"/><text class="tick" x="${x(share)}" y="${axisY + 14}" text-anchor="middle">${share * 100}${share === 1 ? " %" : ""}</text>`,
  );
  const drawn = rows.map(({ label, value, low, high, hollow }, index) => {
    const y = TOP + index * ROW + ROW / 2;
    const whisker =
      high > low
        ? `<path class="whisk" d="M${x(low)} ${y - 5}V${y + 5}M${x(low)} ${y}H${x(high)}M${x(high)} ${y - 5}V${y + 5}"/>`
        : "";
    const numbers =
      high > low
        ? `${percentText(value)} [${percentText(low)}, ${percentText(high)}]`
        : percentText(value);
    return `<text x="${LEFT - 10}" y="${y + 4}" text-anchor="end">${html(short(label))}</text>${whisker}<circle class="${hollow ? "hollow" : "mark"}" cx="${x(value)}" cy="${y}" r="3.5"/><text class="tick" x="${WIDTH - RIGHT + 12}" y="${y + 4}">${html(numbers)}</text>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="pass@1 with its 95% interval; the same numbers are in the table">${grid.join("")}${drawn.join("")}</svg>`;
}

function short(label: string): string {
  return label.length > 28 ? `${label.slice(0, 27)}…` : label;
}
