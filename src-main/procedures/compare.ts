/** Comparisons of finished benchmarks. */
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "#main/services/application.ts";
import { comparisonReport, prepareTests } from "#main/services/comparison/comparison-report.ts";
import { problemComparison } from "#main/services/comparison/problem-comparison.ts";
import { twinComparisons } from "#main/services/comparison/twin-comparison.ts";
import { publishedScores } from "#main/services/comparison/published.ts";
import { comparisonFile } from "#main/services/reports/comparison-file.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function compareProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["compare"]> {
  const { store, pairedTests } = app;
  const to = os.compare;
  return {
    candidates: to.candidates.handler(() =>
      store.evaluations
        .finished()
        .map(({ runId, pipelineId, pipelineName, label, summary, endedAtMs }) => ({
          runId,
          pipelineId,
          pipelineName,
          label,
          task: summary.task,
          n: summary.n,
          k: summary.k,
          pass1: summary.pass1,
          endedAtMs,
        })),
    ),
    report: to.report.handler(async ({ input }) => {
      await prepareTests(store, pairedTests, input);
      return comparisonReport(store, pairedTests, input);
    }),
    twins: to.twins.handler(({ input }) => twinComparisons(store, pairedTests, input.pipelineIds)),
    problems: to.problems.handler(({ input }) => problemComparison(store, pairedTests, input)),
    answers: to.answers.handler(({ input }) =>
      input.runIds.map((runId) => {
        store.runs.summary(runId);
        return {
          runId,
          label: store.evaluations.get(runId)?.label ?? "",
          samples: store.evaluations.samplesOfProblem(runId, input.problemId),
        };
      }),
    ),
    export: to.export.handler(async ({ input }) => {
      const { format, ...request } = input;
      await prepareTests(store, pairedTests, request);
      const report = comparisonReport(store, pairedTests, request);
      const { name, mediaType, text } = comparisonFile(store, report, format, app.now());
      return { name, mediaType, text };
    }),
    published: to.published.handler(() => publishedScores()),
  };
}
