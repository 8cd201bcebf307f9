/**
 * A pipeline's configuration is imported as a recipe while that pipeline is still at work, changed, and started: it waits
 * for its turn and runs to its end on the real engine.
 */
import { expect, test } from "@playwright/test";
import { connectTo } from "../helpers/host-client.ts";
import { fileHost } from "./file-host.ts";
import { recipeSaved, startByKeyboard } from "./recipe-page.ts";
import { openWindow } from "./window-page.ts";

const MINUTE = 60_000;

/** The short check's first training stages, in a few steps. */
const SHORT = `
name: Short
seed: 1
models: { base: gradus-base }
stages:
  - name: cold-start
    kind: sft
    model: base
    data: { source: { task: arithmetic, difficulties: [2, 3] }, examples: 64 }
    max_steps: 8
    learning_rate: 5.0e-4
    per_device_train_batch_size: 16
    max_length: 128
  - name: grpo
    kind: grpo
    model: cold-start
    data: { task: arithmetic, difficulties: [2] }
    rewards: [{ name: answer, weight: 1 }, { name: format, weight: 0.1 }]
    num_generations: 4
    generation_batch_size: 16
    per_device_train_batch_size: 16
    gradient_accumulation_steps: 1
    max_steps: 3
    learning_rate: 1.5e-4
    temperature: 1
    max_completion_length: 48
`;

const host = fileHost();

test("a recipe imported from a pipeline at work is changed, started, waits its turn and runs to its end", async ({
  browser,
}) => {
  test.setTimeout(8 * MINUTE);
  const client = await connectTo(host.url);
  const { pipelineId } = await client.call.pipelines.start({ yaml: SHORT });
  client.close();
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/recipes");
  await page.keyboard.press("i");
  const dialog = page.getByRole("dialog", { name: "Import a recipe" });
  await dialog.getByRole("radio", { name: "A pipeline" }).click();
  await dialog.getByRole("combobox").selectOption(pipelineId);
  await dialog.getByRole("button", { name: "Import" }).click();
  await expect(page.getByText(`recipe, began as the configuration of ${pipelineId}`)).toBeVisible();
  const [address = ""] = new URL(page.url()).hash.slice(1).split("?");
  await goTo(`${address}?step=stage.grpo`);
  const steps = page.getByRole("textbox", { name: "max_steps" });
  await steps.fill("2");
  await page.keyboard.press("Enter");
  await recipeSaved(page);
  await expect(page.getByText("1 option changed")).toBeVisible();
  const imported = await startByKeyboard(page);
  expect(imported).not.toBe(pipelineId);
  // What was imported from ends as it was started, then the imported one runs.
  for (const [id, last] of [
    [pipelineId, 3],
    [imported, 2],
  ] as const) {
    await goTo(`/pipeline/${id}`);
    await expect(page.locator(".screenhead")).toContainText("finished", { timeout: 3 * MINUTE });
    await goTo(`/run/${id}-grpo`);
    await expect(page.getByText(`step ${String(last)}`).first()).toBeVisible();
  }
  expect(complaints).toEqual([]);
});
