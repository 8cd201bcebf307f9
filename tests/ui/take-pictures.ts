/**
 * Pictures of every screen, dark and light, of a workspace in which a demo has run:
 * `node tests/ui/take-pictures.ts WORKSPACE FOLDER [PIPELINE]`. For docs; what they show was measured in that workspace.
 * With `--own SET` instead of the demo's screens those of problems of one's own: the sets, that set, and rewards tried on
 * the newest GRPO run. With `--twin` those of a pipeline in which PPO ran beside GRPO: the result, and the wizard's switch.
 * With `--alarm RUN` that run at the first completion that proves its newest alarm.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { launchTestBrowser } from "../helpers/test-browser.ts";
import { connectTo, importDataset } from "../helpers/host-client.ts";
import { startHost } from "../helpers/window-host.ts";
import { openWindow } from "./window-page.ts";

const own = process.argv.indexOf("--own");
const ownSet = own === -1 ? undefined : process.argv[own + 1];
const alarm = process.argv.indexOf("--alarm");
const alarmed = alarm === -1 ? undefined : process.argv[alarm + 1];
const hasTwin = process.argv.includes("--twin");
const [workspace, folder, pipeline = "p1"] = process.argv
  .slice(
    2,
    [own, alarm].find((at) => at !== -1),
  )
  .filter((word) => word !== "--twin");
if (workspace === undefined || folder === undefined)
  throw new Error("name the workspace and the folder for the pictures");

const OWN_SCREENS: Readonly<Record<string, string>> = {
  problems: "/problems",
  "problem-set": `/problems/${ownSet ?? ""}?side=set`,
};
const DEMO_SCREENS: Readonly<Record<string, string>> = {
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

const SHORT = `# The shorter, the better: 1 up to 30 characters, then falling to 0 at 150.
def reward(completions, **columns) -> list[float | None]:
    return [max(0.0, min(1.0, 1.25 - len(text) / 120)) for text in completions]
`;

/** The rewards step of a recipe that is begun and left: a file of one's own is open, and all rewards are tried on a run. */
async function rewards(page: Page, url: string, colorScheme: string): Promise<void> {
  const { call, close } = await connectTo(url);
  const file = "rewards/short.py";
  if ((await call.rewards.files()).length === 0)
    await call.rewards.save({ file, text: SHORT, sha256: null });
  const yaml = `name: Word problems
models: { base: gradus-base }
stages:
  - name: grpo
    kind: grpo
    model: base
    data: { problems: ${ownSet ?? ""}, split: train }
    rewards:
      - { name: answer, weight: 1 }
      - { name: format, weight: 0.1 }
      - { file: ${file}, weight: 0.2 }
    num_generations: 8
    generation_batch_size: 64
    per_device_train_batch_size: 32
    gradient_accumulation_steps: 2
    max_steps: 8
    max_completion_length: 64
`;
  const { id } = await call.recipes.create({ from: { yaml } });
  await page.evaluate((recipe) => {
    window.location.hash = `#/recipe/${recipe}?step=rewards`;
  }, id);
  await page.getByRole("button", { name: `Edit ${file}` }).click();
  await page.getByText(/Gives numbers on three/u).waitFor({ timeout: 120_000 });
  await page.getByRole("textbox", { name: "step" }).fill("1");
  await page.getByRole("button", { name: "Try out", exact: true }).click();
  const histogram = page.getByRole("img", { name: /^Completions by/u });
  await histogram.waitFor({ timeout: 120_000 });
  await page.getByRole("combobox", { name: "Values of" }).selectOption("short");
  await page
    .getByRole("region", { name: `Reward ${file}` })
    .evaluate((element) => element.scrollIntoView({ block: "start" }));
  await page.screenshot({ path: join(folder ?? "", `rewards-${colorScheme}.png`) });
  await call.recipes.delete({ id });
  close();
}

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

/** What going without a critic saved, and where a recipe asks for it; in a recipe that is begun and left. */
async function twins(page: Page, colorScheme: string): Promise<void> {
  const show = async (region: RegExp, name: string): Promise<void> => {
    const found = page.getByRole("region", { name: region });
    await found.evaluate((element) => element.scrollIntoView({ block: "start" }));
    await page.waitForTimeout(1200);
    await page.screenshot({ path: join(folder ?? "", `${name}-${colorScheme}.png`) });
  };
  await page.evaluate((id) => {
    window.location.hash = `#/pipeline/${id}`;
  }, pipeline);
  await show(/with and without a critic$/u, "twin");
  await page.evaluate(() => {
    window.location.hash = "#/recipes?recipe=preset:ppo-twin";
  });
  await page.getByRole("button", { name: "Begin with it" }).click();
  const steps = page.getByRole("navigation", { name: "Steps" });
  await steps.getByRole("button", { name: /^grpo/u }).first().click();
  await show(/^Critic$/u, "twin-wizard");
}

/** What an alarm says, and one of its completions. */
async function alarms(page: Page, run: string, colorScheme: string): Promise<void> {
  await page.evaluate((id) => {
    window.location.hash = `#/run/${id}`;
  }, run);
  const section = page.getByRole("region", { name: "Alarms" });
  await section
    .getByRole("button", { name: /^Prompt \d+, completion \d+$/u })
    .first()
    .click();
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(folder ?? "", `alarm-${colorScheme}.png`) });
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
  if (ownSet === undefined && alarmed === undefined && !hasTwin) await curateTraces(host.url);
  for (const colorScheme of ["dark", "light"] as const) {
    const { page, goTo } = await openWindow(browser, host, { colorScheme });
    if (alarmed !== undefined) {
      await alarms(page, alarmed, colorScheme);
      continue;
    }
    if (hasTwin) {
      await twins(page, colorScheme);
      continue;
    }
    const screens = ownSet === undefined ? DEMO_SCREENS : OWN_SCREENS;
    for (const [name, address] of Object.entries(screens)) {
      await goTo(address);
      // Lines, formulas and rows that come after their screen.
      await page.waitForTimeout(1200);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    }
    if (ownSet !== undefined) {
      await rewards(page, host.url, colorScheme);
      continue;
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
