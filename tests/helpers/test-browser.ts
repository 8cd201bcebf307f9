/** The Chromium that tests, pictures and benchmarks of the window run in. */
import { chromium } from "@playwright/test";
import type { Browser } from "@playwright/test";
import { z } from "zod";
import { findTestBrowser } from "../../scripts/test-browser.mjs";

/** Launches it; the caller closes it. */
export async function launchTestBrowser(): Promise<Browser> {
  const found = await findTestBrowser();
  return chromium.launch({
    executablePath: found.GRADUS_TEST_BROWSER,
    args: z.array(z.string()).parse(JSON.parse(found.GRADUS_TEST_BROWSER_ARGS)),
  });
}
