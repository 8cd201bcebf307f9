/** A file of examples that a recipe names by its path: there, a file, and with something in it. */
import { statSync } from "node:fs";
import { AppError } from "#shared/errors.ts";

const HOW =
  'Name a published version (a dataset by its name or id, and after an @ the number of the version: the latest without one), one that ships (general-chat), or a JSONL file whose lines are {"messages": […]}.';

export function noDataset(): AppError {
  return new AppError("BAD_INPUT", "No dataset is chosen.", HOW);
}

/** @param named as the recipe names it. @throws AppError NOT_FOUND, or BAD_INPUT for a folder and for an empty file */
export function requireDataFile(named: string, file: string): void {
  const facts = statSync(file, { throwIfNoEntry: false });
  if (facts === undefined)
    throw new AppError("NOT_FOUND", `The dataset is not there: ${named}.`, HOW);
  if (facts.isDirectory())
    throw new AppError("BAD_INPUT", `The dataset ${named} is a folder.`, HOW);
  if (facts.isFile() && facts.size === 0)
    throw new AppError("BAD_INPUT", `The dataset ${named} is empty.`, HOW);
}
