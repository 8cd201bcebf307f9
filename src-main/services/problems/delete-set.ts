/** Deleting a problem set, unless results would lose their problems. */
import { AppError } from "#shared/errors.ts";
import type { RunSummary } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";

const MOST_RUNS = 5000;
const NAMED = 5;

/** Runs whose stage asks this set's problems, as `problems:` or as an imported benchmark; newest first. */
export function runsOnSet(store: Store, name: string): RunSummary[] {
  return store.runs
    .list({ offset: 0, limit: MOST_RUNS })
    .runs.filter(({ id }) => mentions(store.runs.get(id).config, name));
}

/** Throws NOT_FOUND; CONFLICT with the runs' names where some ask it. */
export function deleteSet(store: Store, name: string): void {
  store.problems.get(name);
  const runs = runsOnSet(store, name);
  if (runs.length > 0) {
    const named = runs.slice(0, NAMED).map(({ id }) => id);
    const others = runs.length > NAMED ? ` and ${runs.length - NAMED} more` : "";
    throw new AppError(
      "CONFLICT",
      `${name} is used by ${named.join(", ")}${others}: their results would lose their problems.`,
      "Delete those pipelines first.",
    );
  }
  store.transaction(() => {
    store.problems.delete(name);
  });
}

/** Whether some source of the stage's data is the set, whatever its version. */
function mentions(value: unknown, name: string): boolean {
  if (Array.isArray(value)) return value.some((item) => mentions(item, name));
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, item]) =>
    (key === "problems" || key === "benchmark") && typeof item === "string"
      ? item.split("@", 1)[0] === name
      : mentions(item, name),
  );
}
