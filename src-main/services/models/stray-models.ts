/**
 * Whole models in the workspace's folder that the store does not know, as where its database was lost or came back from an
 * older copy. They are taken in again under the names of their folders.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#shared/errors.ts";
import { weightsSha256 } from "#main/core/formats/inspect-model.ts";
import { checkModel } from "#main/processes/reading/model-files.ts";
import type { ImportedModel } from "#main/store/repositories/model-repository.ts";

/** As `ModelRegistry` names them: what is being made has another name. */
const ID = /^[a-z0-9](?!.*\.part$)[a-z0-9.-]*$/u;

/** Folders' names. */
export function strayModels(folder: string, isKnown: (id: string) => boolean): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter(
    (id) => ID.test(id) && existsSync(join(folder, id, "config.json")) && !isKnown(id),
  );
}

/** The row of a stray; null where it is not whole, which stays where it is. @throws the signal's reason */
export async function recordOfStray(
  folder: string,
  id: string,
  signal: AbortSignal,
): Promise<ImportedModel | null> {
  const path = join(folder, id);
  try {
    const facts = await checkModel(path, signal);
    const sha256 = await weightsSha256(path);
    const createdAtMs = statSync(path).mtimeMs;
    return { id, name: id, path, ...facts, sha256, createdAtMs, source: null };
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
