/** Ids out of addresses: text becomes an id here and nowhere else. The host says NOT_FOUND where there is no such thing. */
import { RecordId } from "#shared/schema/dataset.ts";
import type { DatasetId } from "#shared/schema/dataset.ts";
import type { RecipeId } from "#shared/schema/recipe-draft.ts";
import type { PipelineId, RunId } from "#shared/schema/run.ts";

function isId(text: string | undefined): text is string {
  return text !== undefined && text.length > 0 && text.length <= 64;
}

export function pipelineIdFrom(text: string | undefined): PipelineId | undefined {
  return isId(text) ? (text as PipelineId) : undefined;
}

export function recipeIdFrom(text: string | undefined): RecipeId | undefined {
  return isId(text) ? (text as RecipeId) : undefined;
}

export function runIdFrom(text: string | undefined): RunId | undefined {
  return isId(text) ? (text as RunId) : undefined;
}

export function datasetIdFrom(text: string | undefined): DatasetId | undefined {
  return isId(text) ? (text as DatasetId) : undefined;
}

export function recordIdFrom(text: string | undefined): RecordId | undefined {
  const parsed = RecordId.safeParse(Number(text));
  return text === "" || !parsed.success ? undefined : parsed.data;
}
