/** Kept recipes through the contract: how they come to be, are edited, undone, compared, branched and swept. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRouterClient, ORPCError, safe } from "@orpc/server";
import type { ContractRouterClient } from "@orpc/contract";
import { expect, onTestFinished, test, vi } from "vitest";
import { checkWhole } from "#main/services/recipes/checks/recipe-check-whole.ts";
import { createRouter } from "#main/procedures/router.ts";
import type { Contract } from "#shared/contract/contract.ts";
import { RecipeId } from "#shared/schema/recipe-draft.ts";
import { PipelineId, RunId } from "#shared/schema/run.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import {
  nextEvent,
  openApplication,
  settled,
  testApplication,
} from "../helpers/test-application.ts";
import { recipeYaml } from "../helpers/test-recipe.ts";

function opened() {
  const one = testApplication();
  const client: ContractRouterClient<Contract> = createRouterClient(createRouter(one.app), {
    context: {},
  });
  return { ...one, client };
}

async function codeOf(call: Promise<unknown>): Promise<string | undefined> {
  const [error] = await safe(call);
  return error instanceof ORPCError && error.defined ? String(error.code) : undefined;
}

function holdEngine(stage: string, step: number): void {
  vi.stubEnv("TEST_ENGINE", JSON.stringify({ [stage]: { hangAt: step } }));
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

test("a recipe begins as a preset, a copy, a file, text or a pipeline, and says so", async () => {
  const { client, app, model } = opened();
  const preset = await client.recipes.create({ from: { preset: "dapo" } });
  expect(preset).toMatchObject({ id: "r1", name: "DAPO", origin: { kind: "preset", id: "dapo" } });
  const copy = await client.recipes.create({ from: { recipe: preset.id } });
  expect(copy).toMatchObject({ name: "DAPO, copy", errors: 0, origin: { kind: "copy", id: "r1" } });
  // All but the name is as it was written.
  expect(copy.yaml).toBe(preset.yaml.replace("name: DAPO", "name: DAPO, copy"));
  const file = join(temporaryFolder(), "mine.yaml");
  writeFileSync(file, recipeYaml(model));
  expect((await client.recipes.create({ from: { file } })).origin).toEqual({
    kind: "file",
    name: "mine.yaml",
  });
  const broken = await client.recipes.create({
    from: { yaml: "name: [", fileName: "broken.yaml" },
  });
  expect(broken).toMatchObject({ name: "Untitled", stages: [], errors: 1 });
  const { pipelineId } = await client.pipelines.start({
    yaml: recipeYaml(model),
    recipeId: copy.id,
  });
  await settled(app, pipelineId);
  const frozen = await client.recipes.create({ from: { pipeline: pipelineId } });
  expect(frozen).toMatchObject({ name: "Small", errors: 0 });
  // The pipeline's defaults are written out.
  expect(frozen.yaml).toContain("num_iterations: 1");
  expect((await client.recipes.saved()).map(({ id }) => id)).toHaveLength(5);
  expect(await codeOf(client.recipes.create({ from: { file: "/no/such/file" } }))).toBe(
    "NOT_FOUND",
  );
  expect(await codeOf(client.recipes.create({ from: { preset: "nothing" } }))).toBe("NOT_FOUND");
  const large = join(temporaryFolder(), "large.yaml");
  writeFileSync(large, "a".repeat(1_000_001));
  expect(await codeOf(client.recipes.create({ from: { file: large } }))).toBe("BAD_INPUT");
});

test("saves are undone one by one after a restart too, and a save on an old revision is refused", async () => {
  const { client, app, workspace } = opened();
  const { id, yaml, revision } = await client.recipes.create({ from: { preset: "demo" } });
  const second = await client.recipes.save({
    id,
    yaml: yaml.replace("seed: 1", "seed: 2"),
    revision,
    label: "seed 2",
  });
  await client.recipes.save({
    id,
    yaml: yaml.replace("seed: 1", "seed: 3"),
    revision: second.revision,
    label: "seed 3",
  });
  expect(await codeOf(client.recipes.save({ id, yaml, revision, label: "old" }))).toBe("CONFLICT");
  await app.close();
  const again = openApplication(workspace);
  const later: ContractRouterClient<Contract> = createRouterClient(createRouter(again), {
    context: {},
  });
  const scope = `recipe:${id}`;
  expect((await later.edits.undo({ scope })).label).toBe("seed 3");
  expect((await later.recipes.get({ id })).yaml).toContain("seed: 2");
  await later.edits.undo({ scope });
  expect((await later.recipes.get({ id })).yaml).toBe(yaml);
  expect(await codeOf(later.edits.undo({ scope }))).toBe("CONFLICT");
  await later.edits.redo({ scope });
  expect((await later.recipes.get({ id })).yaml).toContain("seed: 2");
});

test("a deleted recipe comes back as it was", async () => {
  const { client } = opened();
  const { id } = await client.recipes.create({ from: { preset: "demo" } });
  const before = await client.recipes.get({ id });
  await client.recipes.delete({ id });
  expect(await codeOf(client.recipes.get({ id }))).toBe("NOT_FOUND");
  expect(await codeOf(client.recipes.delete({ id }))).toBe("NOT_FOUND");
  await client.edits.undo({ scope: "recipes" });
  expect(await client.recipes.get({ id })).toEqual(before);
  // Its number is not given again.
  expect((await client.recipes.create({ from: { preset: "demo" } })).id).toBe(RecipeId.parse("r2"));
});

test("two recipes are compared by option, stages by name, and by line", async () => {
  const { client } = opened();
  const { options, lines } = await client.recipes.compare({
    a: { preset: "dapo" },
    b: { preset: "dr-grpo" },
  });
  expect(options).toContainEqual({ path: "stages.grpo.loss_type", a: "dapo", b: "dr_grpo" });
  expect(options).toContainEqual({ path: "stages.grpo.scale_rewards", b: "none" });
  expect(options.some(({ path }) => path.startsWith("stages.cold-start"))).toBe(false);
  expect(lines).toContainEqual({ kind: "a", text: "    loss_type: dapo" });
  expect(lines).toContainEqual({ kind: "b", text: "    loss_type: dr_grpo" });
  expect(
    (await client.recipes.compare({ a: { preset: "demo" }, b: { preset: "demo" } })).options,
  ).toEqual([]);
});

test("a branch begins at the checkpoint with that stage and those after it", async () => {
  const { client, app, model } = opened();
  const { pipelineId } = await client.pipelines.start({ yaml: recipeYaml(model) });
  await settled(app, pipelineId);
  const runId = RunId.parse(`${pipelineId}-grpo`);
  const step =
    app.store.history.checkpoints(runId).findLast(({ removedAtMs }) => removedAtMs === null)
      ?.step ?? 0;
  const branch = await client.recipes.fromRun({ runId, step });
  expect(branch.origin).toEqual({ kind: "run", id: runId, step });
  expect(branch.stages.map(({ name }) => name)).toEqual(["grpo", "after"]);
  const { recipe } = await client.recipes.validate({ yaml: branch.yaml });
  const folder = recipe?.models["checkpoint"] ?? "";
  expect(existsSync(folder)).toBe(true);
  expect(recipe?.stages.map((stage) => stage.model)).toEqual(["checkpoint", "grpo"]);
  expect(await codeOf(client.recipes.fromRun({ runId, step: 999 }))).toBe("NOT_FOUND");
  // As an alarm offers it: in the branch's first stage alone.
  const change = { option: "epsilon_high", value: 0.28 };
  const tried = await client.recipes.fromRun({ runId, step, change });
  expect(tried.yaml.match(/epsilon_high: 0\.28/gu)).toHaveLength(1);
  const wrong = { option: "num_generations", value: "many" };
  expect(await codeOf(client.recipes.fromRun({ runId, step, change: wrong }))).toBe("BAD_INPUT");
  expect(await codeOf(client.recipes.fromRun({ runId: RunId.parse(`${pipelineId}-after`) }))).toBe(
    "BAD_INPUT",
  );
  expect(await codeOf(client.recipes.fromRun({ runId: RunId.parse("p9-grpo") }))).toBe("NOT_FOUND");
});

test("in a branch of a stage with a twin both begin at its checkpoint, with what is changed", async () => {
  const { client, app, model } = opened();
  const yaml = recipeYaml(model).replace("max_steps: 10 }", "max_steps: 10, twin: ppo }");
  const { pipelineId } = await client.pipelines.start({ yaml });
  await settled(app, pipelineId);
  const change = { option: "learning_rate", value: 2e-5 };
  const runId = RunId.parse(`${pipelineId}-grpo`);
  const branch = await client.recipes.fromRun({ runId, change });
  expect(branch.stages.map(({ name }) => name)).toEqual(["grpo", "after"]);
  const { recipe } = await client.recipes.validate({ yaml: branch.yaml });
  const both = recipe?.stages.filter(({ kind }) => kind === "grpo") ?? [];
  expect(both).toMatchObject([
    { name: "grpo", model: "checkpoint", learning_rate: 2e-5, twin: "ppo" },
    { name: "grpo-ppo", model: "checkpoint", learning_rate: 2e-5, adv_estimator: "gae" },
  ]);
});

test("what waits is moved, held and let go", async () => {
  const { client, app, model } = opened();
  holdEngine("cold-start", 1);
  const start = async () => (await client.pipelines.start({ yaml: recipeYaml(model) })).pipelineId;
  const first = await start();
  const [a, b, c] = [await start(), await start(), await start()];
  expect((await client.pipelines.queue()).map(({ pipelineId }) => pipelineId)).toEqual([a, b, c]);
  expect(
    (await client.pipelines.move({ pipelineId: c, to: "first" })).map((one) => one.pipelineId),
  ).toEqual([c, a, b]);
  expect(
    (await client.pipelines.move({ pipelineId: a, to: "down" })).map((one) => one.pipelineId),
  ).toEqual([c, b, a]);
  expect(
    (await client.pipelines.move({ pipelineId: a, to: "up" })).map((one) => one.pipelineId),
  ).toEqual([c, a, b]);
  await client.pipelines.hold({ pipelineId: c, held: true });
  vi.unstubAllEnvs();
  const next = nextEvent(
    app,
    (event) =>
      event.type === "pipeline" && event.pipeline.id === a && event.pipeline.status === "running",
  );
  await client.pipelines.stop({ pipelineId: first, mode: "discard" });
  await next;
  await settled(app, a);
  await settled(app, b);
  expect(await client.pipelines.queue()).toEqual([{ pipelineId: c, held: true }]);
  await client.pipelines.hold({ pipelineId: c, held: false });
  expect((await settled(app, c)).status).toBe("finished");
  expect(await codeOf(client.pipelines.move({ pipelineId: c, to: "up" }))).toBe("CONFLICT");
  expect(
    await codeOf(client.pipelines.hold({ pipelineId: PipelineId.parse("p99"), held: true })),
  ).toBe("NOT_FOUND");
});

test("a sweep starts every combination with its own options, or none where one is wrong", async () => {
  const { client, app, model } = opened();
  const yaml = recipeYaml(model);
  const axes = [
    { key: "stages.grpo.learning_rate", values: [1e-5, 1e-4] },
    { key: "seed", values: [1, 2] },
  ];
  const wrong = {
    yaml,
    mode: "grid" as const,
    axes: [{ key: "stages.grpo.num_generations", values: [8, 3] }],
  };
  expect(await codeOf(client.pipelines.startSweep(wrong))).toBe("BAD_RECIPE");
  expect((await client.pipelines.list({})).total).toBe(0);
  const { sweepId, pipelineIds } = await client.pipelines.startSweep({ yaml, axes, mode: "grid" });
  for (const id of pipelineIds) await settled(app, id);
  const [sweep] = await client.pipelines.sweeps();
  expect(sweep).toMatchObject({ id: sweepId, name: "Small", axes });
  expect(sweep?.members.map(({ values }) => values)).toEqual([
    { "stages.grpo.learning_rate": 1e-5, seed: 1 },
    { "stages.grpo.learning_rate": 1e-5, seed: 2 },
    { "stages.grpo.learning_rate": 1e-4, seed: 1 },
    { "stages.grpo.learning_rate": 1e-4, seed: 2 },
  ]);
  const last = await client.pipelines.get({ pipelineId: pipelineIds[3] ?? PipelineId.parse("p0") });
  expect(last).toMatchObject({
    seed: 2,
    status: "finished",
    name: "Small: learning_rate 0.0001, seed 2",
    sweep: { id: sweepId },
  });
  expect(last.recipe.stages[2]).toMatchObject({ name: "grpo", learning_rate: 1e-4 });
});

test("an estimate rests on the finished runs of this machine and says how many", async () => {
  const { client, app, model } = opened();
  const yaml = recipeYaml(model);
  const { pipelineId } = await client.pipelines.start({ yaml });
  await settled(app, pipelineId);
  const one = checkWhole(app, yaml).estimate;
  const grpo = one?.stages.find(({ stage }) => stage === "grpo");
  const usage = app.store.runs.get(RunId.parse(`${pipelineId}-grpo`)).usage;
  expect(grpo?.runs).toBe(1);
  expect(grpo?.timeMs?.low).toBe(grpo?.timeMs?.high);
  expect((grpo?.timeMs?.middle ?? 0) / (usage?.wallMs ?? 1)).toBeGreaterThan(1);
  const second = await client.pipelines.start({ yaml });
  await settled(app, second.pipelineId);
  expect(checkWhole(app, yaml).estimate?.stages.find(({ stage }) => stage === "grpo")?.runs).toBe(
    2,
  );
});

test("a model without a tokenizer is told before the start, at the stage that samples it", () => {
  const { app, model } = opened();
  mkdirSync(model, { recursive: true });
  const { problems } = checkWhole(app, recipeYaml(model));
  expect(problems).toContainEqual(
    expect.objectContaining({ path: "stages[0].model", level: "error" }),
  );
});

test("no preset has a name that a kept recipe could have: the command line takes both", async () => {
  const { client } = opened();
  const names = (await client.recipes.list()).map(({ id }) => id);
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((id) => RecipeId.safeParse(id).success)).toEqual([]);
});
