import { createRouterClient } from "@orpc/server";
import type { ContractRouterClient } from "@orpc/contract";
import { expect, test } from "vitest";
import { createRouter } from "#main/procedures/router.ts";
import { keepPassRates } from "#main/services/problems/measure-set.ts";
import type { Contract } from "#shared/contract/contract.ts";
import { RunId } from "#shared/schema/run.ts";
import { wilsonInterval } from "#shared/wilson-interval.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sample } from "../helpers/store-fixture-data.ts";
import { settled, testApplication } from "../helpers/test-application.ts";

test("an interval of a share: Wilson's own figures, and the ends", () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  const rounded = (correct: number, samples: number): number[] =>
    wilsonInterval(correct, samples).map((bound) => Number(bound.toFixed(4)));
  expect(rounded(81, 263)).toEqual([0.2553, 0.3662]);
  expect(rounded(15, 148)).toEqual([0.0624, 0.1605]);
  expect(rounded(0, 20)).toEqual([0, 0.1611]);
  expect(rounded(1, 29)).toEqual([0.0061, 0.1718]);
});

test("a measurement is a pipeline over both sides, and its evaluation stands with the set", async () => {
  const { app, model, workspace } = testApplication();
  const client: ContractRouterClient<Contract> = createRouterClient(createRouter(app), {
    context: {},
  });
  const path = join(workspace, "sums.jsonl");
  const lines = [1, 2, 3, 4].map((n) =>
    JSON.stringify({
      id: n,
      question: `${n}+1?`,
      answer: n + 1,
      split: n === 4 ? "test" : "train",
    }),
  );
  writeFileSync(path, lines.join("\n"));
  await client.problems.import({ file: { path }, into: "sums" });
  expect(await client.problems.passRates({ set: "sums" })).toBeNull();

  const { pipelineId } = await client.problems.measure({ set: "sums", model, samples: 2 });
  await settled(app, pipelineId);
  const { recipe, origin, runs } = await client.pipelines.get({ pipelineId });
  expect(origin).toBe("measure");
  expect(recipe.stages).toMatchObject([
    {
      kind: "benchmark",
      data: [
        { problems: "sums@1", split: "train", weight: 3 },
        { problems: "sums@1", split: "test", weight: 1 },
      ],
      num_problems: 4,
      num_samples: 2,
      scoring: "lenient",
    },
  ]);

  const runId = RunId.parse(runs[0]?.id);
  app.store.transaction(() => {
    app.store.evaluations.deleteFrom(runId, 0);
    app.store.evaluations.insertSamples(
      runId,
      [1, 2, 3].flatMap((n) =>
        [0, 1].map((sampleIndex) => ({
          ...sample(n, sampleIndex, false),
          problemId: `sums/${n}`,
          correct: n === 1 || (n === 2 && sampleIndex === 0),
        })),
      ),
    );
    keepPassRates(app.store, runId, 5);
  });
  const spread = await client.problems.passRates({ set: "sums", model });
  expect(spread).toMatchObject({ mean: 0.5, model: { name: "base", problems: 3, correct: 3 } });
  expect(spread?.bins.filter(({ problems }) => problems > 0)).toEqual([
    { from: 0, to: 0, problems: 1 },
    { from: 0.4, to: 0.5, problems: 1 },
    { from: 1, to: 1, problems: 1 },
  ]);
  const { problems } = await client.problems.page({ set: "sums", where: "pass_rate:0.1..0.9" });
  expect(problems.map(({ id }) => id)).toEqual(["2"]);

  // What a later version has in common with the measured one needs no new measurement.
  writeFileSync(path, [...lines, '{"id":5,"question":"5+1?","answer":6}'].join("\n"));
  await client.problems.import({ file: { path }, into: "sums" });
  const again = await client.problems.passRates({ set: "sums" });
  expect(again?.model.problems).toBe(3);
});
