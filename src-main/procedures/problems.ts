/** Problem sets: each procedure calls the store or a service, and no more. */
import type { Contract } from "#shared/contract/contract.ts";
import type { ProblemSourceFile } from "#shared/contract/problems.ts";
import { AppError } from "#shared/errors.ts";
import { problemFilterOf } from "#shared/schema/problem-filter-text.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import { plainValues } from "#main/platform/exact-json.ts";
import type { Application } from "#main/services/application.ts";
import { importSource, saidByName } from "#main/services/datasets/import-source.ts";
import { goldRefusal } from "#main/services/problems/check-gold.ts";
import { deleteSet } from "#main/services/problems/delete-set.ts";
import { exportProblems } from "#main/services/problems/export-problems.ts";
import { importProblems } from "#main/services/problems/import-problems.ts";
import { judgeMany } from "#main/services/problems/judge-many.ts";
import { measureRecipe } from "#main/services/problems/measure-set.ts";
import { passRateSpread } from "#main/services/problems/pass-rate-spread.ts";
import { inspectProblems } from "#main/services/problems/problem-file.ts";
import { setOverlap } from "#main/services/problems/set-overlap.ts";
import { verifyFile } from "#main/services/problems/verify-file.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function problemProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["problems"]> {
  const { store, live, datasets } = app;
  const to = os.problems;
  const sourceOf = (file: ProblemSourceFile) => importSource(file, store, datasets.uploads);
  const changed = (): void => {
    live.publish([{ type: "benchmarks" }]);
  };
  return {
    list: to.list.handler(() => store.problems.list()),
    get: to.get.handler(({ input: { set, version } }) => ({
      set: store.problems.get(set),
      version: store.problems.version(set, version),
      versions: store.problems.versions(set),
      ...store.problems.facets(set, version),
      models: store.passRates.models(set),
    })),
    page: to.page.handler(({ input }) => {
      const { set, version, where, model, ...page } = input;
      const choice = { set, version, filter: problemFilterOf(where), model };
      return { total: store.problems.count(choice), problems: store.problems.page(choice, page) };
    }),
    problem: to.problem.handler(({ input }) => problemOf(app, input)),
    completions: to.completions.handler(({ input: { set, id, limit } }) =>
      store.completions.ofProblem(`${set}/${id}`, limit),
    ),
    inspect: to.inspect.handler(async ({ input }) => {
      const source = sourceOf(input.file);
      return await saidByName(source, async () => {
        const found = await inspectProblems({ ...input, path: source.path }, input.problems);
        return {
          name: source.name,
          ...found,
          problems: found.problems.map(({ line, problem }) => ({
            line,
            problem: { ...problem, columns: plainValues(problem.columns) },
            goldRefusal: goldRefusal(problem),
          })),
        };
      });
    }),
    import: to.import.handler(async ({ input, signal }) => {
      const source = sourceOf(input.file);
      return await saidByName(source, async () => {
        const { testShare, mapping = {} } = input;
        const outcome = await importProblems(
          store,
          {
            ...input,
            path: source.path,
            mapping: testShare === undefined ? mapping : { ...mapping, split: null },
          },
          app.now,
          signal,
        );
        if (outcome.version !== null && "uploadId" in input.file)
          datasets.uploads.remove(input.file.uploadId);
        if (outcome.version !== null && !outcome.unchanged) changed();
        return outcome;
      });
    }),
    delete: to.delete.handler(({ input }) => {
      deleteSet(store, input.set);
      changed();
    }),
    export: to.export.handler(({ input }) => {
      const { set, version, where, ...file } = input;
      const choice = { set, version, filter: problemFilterOf(where) };
      store.problems.version(set, version);
      return exportProblems(store.problems.written(choice), file);
    }),
    try: to.try.handler(async ({ input }) => {
      const problem = problemOf(app, input);
      const [verdict] = await judgeMany([{ problem, completion: input.completion }], app.sandbox);
      if (verdict === undefined) throw new Error("a verdict was expected");
      return verdict;
    }),
    verify: to.verify.handler(({ input }) => verifyFile(app, input, () => performance.now())),
    measure: to.measure.handler(({ input }) => ({
      pipelineId: app.startPipeline({
        yaml: measureRecipe(store, input),
        seed: input.seed,
        runtime: input.runtime,
        origin: "measure",
      }),
    })),
    passRates: to.passRates.handler(({ input: { where, ...choice } }) =>
      passRateSpread(store, { ...choice, filter: problemFilterOf(where) }),
    ),
    overlap: to.overlap.handler(({ input, signal }) =>
      setOverlap(store, input.set, input.version, signal),
    ),
  };
}

function problemOf(
  { store }: Application,
  { set, version, id }: { set: string; version: number | null; id: string },
): SetProblem {
  const problem = store.problems.problem(set, version, id);
  if (problem !== null) return problem;
  throw new AppError(
    "NOT_FOUND",
    `${set} has no problem "${id}".`,
    `\`gradus problems show ${set}\` lists them.`,
  );
}
