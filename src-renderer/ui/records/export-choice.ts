/** What a person chose in the export dialog, and the request that it makes. Pure. */
import type { RecordTarget } from "#shared/contract/dataset-records.ts";
import type {
  DatasetId,
  DatasetShape,
  DatasetSummary,
  DatasetVersion,
  ReasoningForm,
  RecordId,
} from "#shared/schema/dataset.ts";
import { parseFilter } from "#shared/schema/record-filter-text.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

export interface ExportChoice {
  /** "selection", "filter", "whole", or a version's ref. */
  readonly scope: string;
  readonly filterLine: string;
  readonly format: DatasetFormat;
  readonly shape: DatasetShape;
  readonly reasoning: ReasoningForm;
  /** Undefined until one is typed: the proposal follows the format. */
  readonly path: string | undefined;
  readonly overwrite: boolean;
  readonly datasetInfo: boolean;
}

export interface ExportFrom {
  readonly dataset: DatasetSummary;
  readonly versions: readonly DatasetVersion[];
  readonly selection: readonly RecordId[];
  readonly folder: string;
}

export interface ExportRequest extends Pick<
  ExportChoice,
  "format" | "shape" | "reasoning" | "overwrite" | "datasetInfo"
> {
  readonly datasetId: DatasetId;
  readonly target: RecordTarget | { readonly version: number };
  readonly path: string;
}

export function firstChoice(selection: readonly RecordId[], filterLine: string): ExportChoice {
  return {
    scope: selection.length > 0 ? "selection" : "filter",
    filterLine,
    format: "jsonl",
    shape: "messages",
    reasoning: "as-is",
    path: undefined,
    overwrite: false,
    datasetInfo: false,
  };
}

/** What the filter line says wrong; nothing where no filter is asked for. */
export function filterProblems({ scope, filterLine }: ExportChoice): readonly string[] {
  return scope === "filter" ? parseFilter(filterLine).problems : [];
}

function fileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
}

function targetOf(choice: ExportChoice, { versions, selection }: ExportFrom) {
  const version = versions.find(({ ref }) => ref === choice.scope)?.version;
  if (version !== undefined) return { version };
  if (choice.scope === "selection") return { ids: [...selection] };
  return { filter: choice.scope === "filter" ? parseFilter(choice.filterLine).filter : [] };
}

export function exportRequest(choice: ExportChoice, from: ExportFrom): ExportRequest {
  const { format, shape, reasoning, overwrite, datasetInfo } = choice;
  return {
    datasetId: from.dataset.id,
    target: targetOf(choice, from),
    format,
    shape,
    reasoning,
    path: choice.path ?? `${from.folder}/${fileName(from.dataset.name)}.${format}`,
    overwrite,
    datasetInfo,
  };
}
