import type { PipelineSummary } from "#shared/schema/run.ts";

/** Whether benchmarks of what is asked for are still to come. */
export function isAtWork(
  ids: readonly string[],
  active: readonly Pick<PipelineSummary, "id" | "runs">[],
): boolean {
  const atWork = new Set<string>(
    active.flatMap(({ id, runs }) => [id, ...runs.map((run) => run.id)]),
  );
  return ids.some((id) => atWork.has(id));
}
