/** Gives a chart to the browser as a file: numbers as CSV, the drawing as SVG or PNG. */
import { saveBlob, saveText } from "#renderer/ui/save-text.ts";
import { chartPicture } from "./chart-picture.ts";
import type { Picture } from "./chart-picture.ts";

export interface Column {
  readonly name: string;
  readonly points: ReadonlyMap<number, number | null>;
}

/** A cell that no spreadsheet takes for a formula, quoted where it must be. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\n\r]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One row for each step that any column has; a missing or not finite value is an empty cell. Numbers are exact. */
export function csvOf(stepName: string, columns: readonly Column[]): string {
  const steps = [...new Set(columns.flatMap((one) => [...one.points.keys()]))].sort(
    (a, b) => a - b,
  );
  const head = [stepName, ...columns.map((one) => one.name)].map(csvCell).join(",");
  const rows = steps.map((step) =>
    [
      String(step),
      ...columns.map((one) => {
        const value = one.points.get(step) ?? null;
        return value === null ? "" : String(value);
      }),
    ].join(","),
  );
  return `${[head, ...rows].join("\n")}\n`;
}

/** A file name of letters, digits and hyphens. */
function fileName(title: string, ending: string): string {
  const plain = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-+|-+$/gu, "");
  return `${plain === "" ? "chart" : plain}.${ending}`;
}

function themeColor(token: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
}

type Drawing = Omit<Picture, "color">;

export function saveCsv(title: string, stepName: string, columns: readonly Column[]): void {
  saveText({
    name: fileName(title, "csv"),
    mediaType: "text/csv",
    text: csvOf(stepName, columns),
  });
}

export function saveSvg(drawing: Drawing): void {
  const text = chartPicture({ ...drawing, color: themeColor });
  saveText({ name: fileName(drawing.title, "svg"), mediaType: "image/svg+xml", text });
}

/** Twice the picture's size, for print. */
export async function savePng(drawing: Drawing): Promise<void> {
  const text = chartPicture({ ...drawing, color: themeColor });
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width * 2;
    canvas.height = image.height * 2;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve, "image/png");
    });
    if (blob === null) throw new Error("the browser made no picture of the chart");
    saveBlob(fileName(drawing.title, "png"), blob);
  } finally {
    URL.revokeObjectURL(url);
  }
}
