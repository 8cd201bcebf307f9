/** A comparison as one file in the format that was asked. */
import type { ReportFormat } from "#shared/contract/compare.ts";
import type { ComparisonReport } from "#shared/schema/compare.ts";
import type { Store } from "#main/store/store.ts";
import { reportCsv } from "./report-csv.ts";
import { reportData } from "./report-data.ts";
import type { ReportData } from "./report-data.ts";
import { reportHtml } from "./report-html.ts";
import { reportMarkdown } from "./report-markdown.ts";

export interface ReportFile {
  readonly extension: string;
  readonly name: string;
  readonly mediaType: string;
  readonly text: string;
}

const FORMATS: Readonly<
  Record<
    ReportFormat,
    { extension: string; mediaType: string; write: (data: ReportData) => string }
  >
> = {
  html: { extension: "html", mediaType: "text/html;charset=utf-8", write: reportHtml },
  markdown: { extension: "md", mediaType: "text/markdown;charset=utf-8", write: reportMarkdown },
  csv: { extension: "csv", mediaType: "text/csv;charset=utf-8", write: reportCsv },
  json: {
    extension: "json",
    mediaType: "application/json",
    write: (data) => `${JSON.stringify(data, undefined, 2)}\n`,
  },
};

export function comparisonFile(
  store: Store,
  report: ComparisonReport,
  format: ReportFormat,
  nowMs: number,
): ReportFile {
  const { extension, mediaType, write } = FORMATS[format];
  const date = new Date(nowMs).toISOString().slice(0, 10);
  return {
    name: `comparison-${date}.${extension}`,
    mediaType,
    extension,
    text: write(reportData(store, report, nowMs)),
  };
}
