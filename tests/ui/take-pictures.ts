/**
 * Pictures of every screen, dark and light, of a workspace in which a demo has run:
 * `node tests/ui/take-pictures.ts WORKSPACE FOLDER [PIPELINE]`. For docs; what they show was measured in that workspace.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { launchTestBrowser } from "../helpers/test-browser.ts";
import { connectTo, importDataset } from "../helpers/host-client.ts";
import { startHost } from "../helpers/window-host.ts";
import { openWindow } from "./window-page.ts";

const [workspace, folder, pipeline = "p1"] = process.argv.slice(2);
if (workspace === undefined || folder === undefined)
  throw new Error("name the workspace and the folder for the pictures");

const SCREENS: Readonly<Record<string, string>> = {
  home: "/",
  datasets: "/datasets",
  dataset: "/dataset/d1",
  curation: "/curation?dataset=d1",
  recipes: "/recipes?recipe=preset:demo-chat",
  runs: "/runs",
  run: `/run/${pipeline}-grpo?step=24`,
  "run-tokens": `/run/${pipeline}-grpo?step=24&tokens=logprob`,
  "run-sft": `/run/${pipeline}-cold-start`,
  benchmark: `/run/${pipeline}-benchmark-grpo?show=mixed`,
  benchmarks: "/benchmarks",
  results: `/pipeline/${pipeline}`,
  compare: `/compare?runs=${["cold-start", "grpo", "rejection-sampling", "student"].map((stage) => `${pipeline}-benchmark-${stage}`).join(",")}`,
  models: "/models",
  playground: "/playground",
  cost: "/cost",
  settings: "/settings",
};

/** The right solutions that the pipeline itself sampled become a dataset, a part of it judged and published, once. */
async function curateTraces(url: string): Promise<void> {
  const client = await connectTo(url);
  const { datasets } = client.call;
  if ((await datasets.list()).length === 0) {
    const traces = `${workspace ?? ""}/runs/${pipeline}/06-traces/data.jsonl`;
    const { datasetId } = await importDataset(client, "right solutions", traces);
    const filter = [{ field: "position" as const, max: 200 }];
    await datasets.records.setStatus({ datasetId, target: { filter }, status: "accepted" });
    await datasets.versions.publish({ datasetId });
  }
  client.close();
}

/** A step of the recipe wizard, in a recipe that is begun and left. */
async function wizard(page: Page, colorScheme: string): Promise<void> {
  await page.evaluate(() => {
    window.location.hash = "#/recipes?recipe=preset:demo-chat";
  });
  await page.getByRole("button", { name: "Begin with it" }).click();
  await page.getByRole("navigation", { name: "Steps" }).waitFor();
  for (const [name, step] of [
    ["wizard", /^grpo/u],
    ["review", /^Review/u],
  ] as const) {
    await page
      .getByRole("navigation", { name: "Steps" })
      .getByRole("button", { name: step })
      .first()
      .click();
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(folder ?? "", `${name}-${colorScheme}.png`) });
  }
}

mkdirSync(folder, { recursive: true });
const browser = await launchTestBrowser();
const host = await startHost(workspace);
try {
  await curateTraces(host.url);
  for (const colorScheme of ["dark", "light"] as const) {
    const { page, goTo } = await openWindow(browser, host, { colorScheme });
    for (const [name, address] of Object.entries(SCREENS)) {
      await goTo(address);
      // Lines, formulas and rows that come after their screen.
      await page.waitForTimeout(1200);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    }
    await wizard(page, colorScheme);
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("grpo");
    await page.getByRole("dialog").getByRole("option").first().waitFor();
    await page.screenshot({ path: join(folder, `palette-${colorScheme}.png`) });
  }
} finally {
  await browser.close();
  await host.kill();
}
