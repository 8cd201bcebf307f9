/** What the run screen and the overlay of runs ask for beyond a run's records. */
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "#main/services/application.ts";
import { placesOn } from "#main/services/runs/overlay-axis.ts";
import { rolloutTokens } from "#main/services/runs/rollout-tokens.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function cockpitProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["cockpit"]> {
  const { store, annotations } = app;
  const to = os.cockpit;
  return {
    overlay: to.overlay.handler(({ input }) => {
      const { runIds, name, axis, ...range } = input;
      const counts = new Map<string, number>();
      const series = runIds.map((runId) => {
        store.runs.summary(runId);
        for (const one of store.metrics.names(runId))
          counts.set(one.name, (counts.get(one.name) ?? 0) + 1);
        const [found] = store.metrics.series(runId, { ...range, names: [name] });
        return {
          runId,
          series: found ?? null,
          at: found === undefined ? null : placesOn(store, axis, runId, found),
        };
      });
      return { names: [...counts].map(([metric, runs]) => ({ name: metric, runs })), series };
    }),
    points: to.points.handler(({ input }) => {
      const { runId, name, afterStep, toStep, limit } = input;
      store.runs.summary(runId);
      const last = toStep ?? Number.MAX_SAFE_INTEGER;
      return store.metrics.page(runId, name, { afterStep, toStep: last, limit });
    }),
    search: to.search.handler(({ input }) => {
      const { runId, filter, offset, limit } = input;
      store.runs.summary(runId);
      return store.rollouts.search(runId, { ...filter, offset, limit });
    }),
    tokens: to.tokens.handler(({ input }) => rolloutTokens(store, input.runId, input)),
    note: to.note.handler(({ input }) => annotations.note(input.runId)),
    setNote: to.setNote.handler(({ input }) =>
      annotations.setNote(input.runId, input.text, input.changedAtMs),
    ),
    tag: to.tag.handler(({ input }) => {
      annotations.tag(input.runIds, input.add, input.remove);
    }),
    tags: to.tags.handler(() => store.annotations.tags()),
  };
}
