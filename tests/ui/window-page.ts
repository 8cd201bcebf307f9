/** What every test of the window does: opens it with the host's token and takes note of what goes wrong in it. */
import { expect } from "@playwright/test";
import type { Browser, Page } from "@playwright/test";
import type { WindowHost } from "../helpers/window-host.ts";

export interface OpenedWindow {
  readonly page: Page;
  /** Errors and warnings of the console, and uncaught exceptions. */
  readonly complaints: readonly string[];
  /** Goes to an address of the window, e.g. "/runs?status=active". */
  goTo(address: string): Promise<void>;
}

export interface WindowOptions {
  readonly colorScheme?: "dark" | "light";
  readonly width?: number;
  readonly height?: number;
}

export async function openWindow(
  browser: Browser,
  host: WindowHost,
  options: WindowOptions = {},
): Promise<OpenedWindow> {
  const { colorScheme = "dark", width = 1440, height = 900 } = options;
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height },
    locale: "en-US",
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error.stack)));
  await page.goto(host.url);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  return {
    page,
    complaints,
    goTo: async (address) => {
      await page.evaluate((fragment) => {
        window.location.hash = fragment;
      }, `#${address}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await settled(page);
    },
  };
}

/** No skeleton is left and the fonts are there. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await page.evaluate(async () => {
    await document.fonts.ready;
  });
}
