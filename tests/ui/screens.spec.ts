/**
 * Every screen, on a seeded workspace behind a real host: no complaint in the console, no accessibility fault in dark
 * or light, nothing cut off at any supported size.
 */
import { expect, test } from "@playwright/test";
import { seededHost } from "./file-host.ts";
import { SCREENS } from "./screen-addresses.ts";
import { accessibilityFaults, cutOff, openWindow } from "./window-page.ts";

const SIZES = [
  [1100, 720],
  [1280, 800],
  [1440, 900],
  [1920, 1080],
] as const;

const host = seededHost();

for (const colorScheme of ["dark", "light"] as const) {
  test(`every screen is free of accessibility faults and complaints in ${colorScheme}`, async ({
    browser,
  }) => {
    // All screens, each searched by axe.
    test.setTimeout(600_000);
    const { page, complaints, goTo } = await openWindow(browser, host, { colorScheme });
    for (const [name, address] of Object.entries(SCREENS)) {
      await test.step(name, async () => {
        await goTo(address);
        expect.soft(await accessibilityFaults(page, colorScheme), name).toEqual([]);
      });
    }
    expect(complaints).toEqual([]);
  });
}

test("nothing is cut off at any supported size", async ({ browser }) => {
  test.setTimeout(300_000);
  const { page, goTo } = await openWindow(browser, host);
  for (const [name, address] of Object.entries(SCREENS)) {
    await goTo(address);
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      // What measures itself is drawn anew in the frame after.
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      await expect
        .soft(async () => expect(await cutOff(page)).toEqual([]), `${name} at ${String(width)}`)
        .toPass({ timeout: 2000 });
    }
  }
});

test("no screen moves as a whole when a part of it is brought into view", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await page.setViewportSize({ width: 1280, height: 720 });
  for (const [name, address] of Object.entries(SCREENS)) {
    await goTo(address);
    const moved = await page.evaluate(() => {
      for (const one of document.querySelectorAll("main *")) one.scrollIntoView();
      // A cut line of text moves within its own leading.
      return [...document.querySelectorAll("main, main *:not(.ell)")]
        .filter((one) => one.scrollTop > 0 && getComputedStyle(one).overflowY === "hidden")
        .map((one) => one.className);
    });
    expect.soft(moved, name).toEqual([]);
  }
});

test("a button that is on looks otherwise than one that is off", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/overlay?runs=p61-grpo,p62-grpo");
  const log = page.getByRole("button", { name: /^Log/u });
  const background = (): Promise<string> =>
    log.evaluate((one) => getComputedStyle(one).backgroundColor);
  await expect(log).toHaveAttribute("aria-pressed", "false");
  const off = await background();
  await page.keyboard.press("y");
  await expect(log).toHaveAttribute("aria-pressed", "true");
  expect(await background()).not.toBe(off);
});

test("the palette, the key sheet and the stop question have names and no accessibility fault", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p62-grpo");
  for (const [keys, name] of [
    ["Control+k", "Command palette"],
    ["?", "Keys"],
  ] as const) {
    await page.keyboard.press(keys);
    await expect(page.getByRole("dialog", { name })).toBeVisible();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
});

test("a browser whose language is no language still draws long lines", async ({ browser }) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  // As under LANG=C: number formats refuse this tag, and the canvas charts with them.
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "language", { get: () => "en-US@posix" });
  });
  await page.reload();
  await goTo("/run/p61-cold-start");
  const loss = page.getByRole("figure", { name: "Loss" });
  await expect(loss.locator("svg.lines path.line").first()).toBeVisible();
  await expect(loss.locator("canvas")).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test("long lines are drawn on a canvas, and charts out of view draw nothing", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host, { height: 720 });
  await goTo("/run/p61-cold-start");
  await expect(page.getByRole("figure", { name: "Loss" }).locator("canvas")).toBeVisible();
  await goTo("/run/p61-grpo");
  await expect(
    page.getByRole("figure", { name: "Reward", exact: true }).locator("svg.lines"),
  ).toBeVisible();
  const last = page.getByRole("figure", { name: "Reward spread" });
  await expect(last.locator("svg.lines")).toHaveCount(0);
  await last.scrollIntoViewIfNeeded();
  await expect(last.locator("svg.lines")).toBeVisible();
});
