/**
 * Walks the way of docs/tour by itself and takes its pictures: `node tests/ui/take-tour.ts FOLDER`. An empty workspace,
 * two GRPO recipes from presets with a changed number of steps, watched, compared, reported. Prints what took how long.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { launchTestBrowser } from "../helpers/test-browser.ts";
import { startHost, windowWorkspace } from "../helpers/window-host.ts";
import { openWindow } from "./window-page.ts";

const PRESETS = ["DAPO", "Dr. GRPO"];
const STEPS = "16";
const HOUR = 3_600_000;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the folder for the pictures");
mkdirSync(folder, { recursive: true });
const browser = await launchTestBrowser();
const workspace = windowWorkspace();
const begun = performance.now();
const host = await startHost(workspace.folder);

function say(what: string): void {
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}  ${what}`,
  );
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder ?? "", `${name}.png`) });
}

/** Recipes → preset → GRPO's steps → start. Gives the pipeline's id. */
async function launch(page: Page, preset: string, pictures: boolean): Promise<string> {
  await page.keyboard.press("g");
  await page.keyboard.press("e");
  await page.getByRole("row").filter({ hasText: preset }).first().click();
  if (pictures) await picture(page, "2-recipes");
  await page.getByRole("button", { name: "Begin with it" }).click();
  await page.getByRole("navigation", { name: "Steps" }).waitFor();
  await page.getByRole("button", { name: /^grpo/u }).first().click();
  await page.getByRole("textbox", { name: "max_steps" }).fill(STEPS);
  await page.getByText("1 option changed").waitFor();
  if (pictures) await picture(page, "3-wizard");
  await page.keyboard.press("ControlOrMeta+Enter");
  const start = page.getByRole("button", { name: "Start", exact: true });
  await start.waitFor();
  if (pictures) await picture(page, "4-review");
  await start.click();
  await page.waitForURL(/#\/pipeline\/p\d+/u);
  return /p\d+$/u.exec(page.url())?.[0] ?? "";
}

try {
  const { page, goTo } = await openWindow(browser, host, { colorScheme: "dark" });
  await picture(page, "1-home");
  const ids: string[] = [];
  for (const [index, preset] of PRESETS.entries()) {
    ids.push(await launch(page, preset, index === 0));
    say(`${preset} is started`);
  }
  const [first = "", second = ""] = ids;
  await goTo(`/run/${first}-grpo`);
  await page
    .getByText(/(?:[5-9]|1\d) of 16 steps/u)
    .first()
    .waitFor({ timeout: HOUR });
  await page.waitForTimeout(1000);
  await picture(page, "5-run");
  for (const id of ids) {
    await goTo(`/pipeline/${id}`);
    await page.locator(".screenhead").getByText("finished").waitFor({ timeout: HOUR });
    say(`${id} is finished`);
  }
  await picture(page, "6-results");
  await goTo(
    `/compare?runs=${[`${first}-benchmark-cold-start`, `${first}-benchmark-grpo`, `${second}-benchmark-grpo`].join(",")}`,
  );
  await page.getByRole("group", { name: "Compared benchmarks" }).waitFor();
  await picture(page, "7-compare");
  const download = page.waitForEvent("download");
  await page.keyboard.press("x");
  await (await download).saveAs(join(folder, "comparison.html"));
  say("the report is exported");
} finally {
  await browser.close();
  await host.kill();
  workspace.remove();
}
