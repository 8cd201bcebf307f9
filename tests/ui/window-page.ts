/** What every test of the window does: opens it with the host's token and takes note of what goes wrong in it. */
import { AxeBuilder } from "@axe-core/playwright";
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

/** Controls outside scrolling regions that reach over the window's edge, and regions wider than their place. */
export async function cutOff(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const inScroller = (element: Element): boolean =>
      element.closest(".scroll, .rows, .stagestrip, .seg, .status") !== null;
    const cut = [...document.querySelectorAll("button, a:not(.skip), input")].filter((element) => {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || inScroller(element)) return false;
      return (
        box.left < -1 || box.right > window.innerWidth + 1 || box.bottom > window.innerHeight + 1
      );
    });
    const wide = [
      ...document.querySelectorAll(".screenhead, .head, .region, .figures, .groups"),
    ].filter(
      (element) =>
        element.scrollWidth > element.clientWidth + 1 &&
        !["auto", "scroll"].includes(getComputedStyle(element).overflowX),
    );
    return [...cut, ...wide].map((element) => element.outerHTML.slice(0, 120));
  });
}

/**
 * What axe finds. The structure is the same in both themes; in light only the colours are looked at again. No page has a
 * frame of another origin, so axe may run within the page alone, which takes half the time.
 */
export async function accessibilityFaults(
  page: Page,
  colorScheme: "dark" | "light" = "dark",
): Promise<readonly string[]> {
  // What holds would be told too, node by node, which takes longer than finding what does not.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });
  if (colorScheme === "light") axe.withRules(["color-contrast"]);
  const { violations } = await axe.analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
  );
}

/** A report by itself: without any host, in a page that can reach nothing. */
export async function openAlone(page: Page, report: string): Promise<Page> {
  const alone = await page.context().newPage();
  await alone.route("**/*", (route) => route.abort());
  await alone.setContent(report);
  return alone;
}
