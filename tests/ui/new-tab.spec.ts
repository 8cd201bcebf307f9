/** Ways into the window that carry no token: a link opened in a new tab, and the page that a browser is started with. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import { openBrowserWindow } from "#main/host/serve/browser-window.ts";
import { seededHost } from "./file-host.ts";
import { openWindow } from "./window-page.ts";

const host = seededHost();
const folder = mkdtempSync(join(tmpdir(), "gradus-new-tab-"));

test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Clicks until a tab opens: a starved browser may lose a click, or the key that is held with it. */
async function openInNewTab(page: Page, link: string): Promise<Page> {
  let tab: Page | undefined;
  await expect(async () => {
    const opened = page.context().waitForEvent("page", { timeout: 15_000 });
    const clicked = page.locator(link).click({ modifiers: ["ControlOrMeta"], timeout: 10_000 });
    [tab] = await Promise.all([opened, clicked]);
  }).toPass({ timeout: 90_000 });
  if (tab === undefined) throw new Error("a tab was expected");
  return tab;
}

test("a link opened in a new tab works while a tab of the window is open", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/runs");
  const tab = await openInNewTab(page, '.nav a[href="#/datasets"]');
  await expect(tab.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(tab.getByText("Open the address that the host printed")).toHaveCount(0);
  expect(new URL(tab.url()).hash).toBe("#/datasets");
  // It keeps the token for itself: it goes on without the tab that it came from.
  await page.close();
  await tab.reload();
  await expect(tab.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(tab.getByText("Open the address that the host printed")).toHaveCount(0);
});

test("another browser's tab, which knows no token, is told where to find the address", async ({
  browser,
}) => {
  const { page } = await openWindow(browser, host);
  const other = await (await browser.newContext()).newPage();
  await other.goto(page.url());
  await expect(other.getByText("Open the address that the host printed")).toBeVisible();
});

test("a browser is started without the token: a page of its owner's leads to the window", async ({
  page,
}) => {
  const browser = join(folder, "browser.sh");
  const said = join(folder, "arguments");
  writeFileSync(browser, `#!/bin/sh\nprintf '%s\\n' "$@" > "${said}"\n`, { mode: 0o700 });
  const window = await new Promise<{ page: string; close: () => void }>((resolve) => {
    const opened = openBrowserWindow(browser, host.url, folder, () => {
      resolve(opened);
    });
  });
  const token = new URL(host.url).hash.slice("#token=".length);
  expect(token.length).toBeGreaterThan(40);
  const given = readFileSync(said, "utf8");
  expect(given).toContain(`--app=${pathToFileURL(window.page).href}`);
  expect(given).not.toContain(token);
  expect(statSync(window.page).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "browser")).mode & 0o777).toBe(0o700);
  await page.goto(pathToFileURL(window.page).href);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  expect(page.url()).not.toContain(token);
  expect(new URL(page.url()).origin).toBe(new URL(host.url).origin);
  window.close();
  expect(statSync(window.page, { throwIfNoEntry: false })).toBeUndefined();
});
