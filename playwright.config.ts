import { defineConfig } from "@playwright/test";
import { findTestBrowser } from "./scripts/test-browser.mjs";

const environment = await findTestBrowser();

/** The window in a real Chromium, against a real host that each test file starts. */
export default defineConfig({
  testDir: "tests/ui",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results",
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env["CI"] === "true",
  // A busy machine may starve a browser for seconds: a test that passes only at its second try is reported as flaky.
  retries: process.env["CI"] === "true" ? 1 : 0,
  use: {
    headless: true,
    locale: "en-US",
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: environment.GRADUS_TEST_BROWSER,
      args: JSON.parse(environment.GRADUS_TEST_BROWSER_ARGS),
    },
  },
});
