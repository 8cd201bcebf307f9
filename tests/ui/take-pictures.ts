/**
 * Pictures of every screen, dark and light, of a workspace in which a demo has run:
 * `node tests/ui/take-pictures.ts WORKSPACE FOLDER [PIPELINE]`. For docs; what they show was measured in that workspace.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { z } from "zod";
import { findTestBrowser } from "../../scripts/test-browser.mjs";
import { startHost } from "../helpers/window-host.ts";
import { openWindow } from "./window-page.ts";

const [workspace, folder, pipeline = "p1"] = process.argv.slice(2);
if (workspace === undefined || folder === undefined)
  throw new Error("name the workspace and the folder for the pictures");

const SCREENS: Readonly<Record<string, string>> = {
  home: "/",
  runs: "/runs",
  run: `/run/${pipeline}-grpo`,
  "run-step": `/run/${pipeline}-grpo?step=20`,
  "run-table": `/run/${pipeline}-grpo?view=table&tab=history`,
  "run-sft": `/run/${pipeline}-cold-start`,
  benchmark: `/run/${pipeline}-benchmark-grpo?show=mixed`,
  results: `/pipeline/${pipeline}`,
  models: "/models",
  cost: "/cost",
  settings: "/settings",
};

mkdirSync(folder, { recursive: true });
const found = await findTestBrowser();
const args = z.array(z.string()).parse(JSON.parse(found.GRADUS_TEST_BROWSER_ARGS));
const browser = await chromium.launch({ executablePath: found.GRADUS_TEST_BROWSER, args });
const host = await startHost(workspace);
try {
  for (const colorScheme of ["dark", "light"] as const) {
    const { page, goTo } = await openWindow(browser, host, { colorScheme });
    for (const [name, address] of Object.entries(SCREENS)) {
      await goTo(address);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    }
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
