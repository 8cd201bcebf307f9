/** The window by keyboard alone, on a seeded workspace behind a real host. */
import { seededHost } from "./file-host.ts";
import { expect, test } from "@playwright/test";
import type { Locator } from "@playwright/test";
import { accessibilityFaults, openWindow } from "./window-page.ts";

const host = seededHost();

test("G and a letter goes to a screen, and back and forward retrace the way", async ({
  browser,
}) => {
  const { page } = await openWindow(browser, host);
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Runs");
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Cost");
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Runs");
  await page.goForward();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Cost");
});

test("the palette finds a run by its name and opens it, and gives the focus back when left", async ({
  browser,
}) => {
  const { page } = await openWindow(browser, host);
  const field = page.getByRole("button", { name: /Search or run a command/u });
  await field.focus();
  await page.keyboard.press("Enter");
  const box = page.getByRole("combobox", { name: "Search or run a command" });
  await expect(box).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(field).toBeFocused();
  await page.keyboard.press("Control+k");
  await box.fill("ladder grpo");
  await expect(page.getByRole("dialog").getByRole("option").first()).toContainText("grpo");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("grpo");
});

test("J, K and Enter walk the table of runs and open one; the filter is in the address and survives a reload", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/runs");
  const chosen = page.getByRole("row", { selected: true });
  await expect(chosen).toContainText("ladder-stopped");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(chosen).toContainText("cold-start");
  await page.keyboard.press("k");
  await expect(chosen).toContainText("benchmark-base");
  await page.keyboard.press("/");
  await page.keyboard.type("traces");
  await expect(page).toHaveURL(/text=traces/u);
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Filter by name" })).toHaveValue("traces");
  // The rows are there before they are walked.
  await expect(page.getByRole("link", { name: /^traces/u }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: /^grpo/u })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("traces");
});

test("a long table holds only the rows in view, and End reaches the last", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/runs");
  const grid = page.getByRole("grid", { name: "Pipelines and stages" });
  // 2 pipelines of 9 stages and 60 of one: 2 + 18 + 120 rows and the head.
  await expect(grid).toHaveAttribute("aria-rowcount", "141");
  expect(await grid.getByRole("row").count()).toBeLessThan(80);
  await grid.focus();
  await page.keyboard.press("End");
  await expect(grid.getByRole("row", { selected: true })).toHaveAttribute("aria-rowindex", "141");
});

test("arrows move one crosshair over all charts, V shows them as a table, Esc follows the newest", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-grpo");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  // 40 steps: one back, then ten back.
  await expect(page).toHaveURL(/step=29/u);
  await expect(page.getByText("at step 29, every chart")).toBeVisible();
  expect(await page.locator(".xh").count()).toBeGreaterThan(3);
  await page.keyboard.press("v");
  const grid = page.getByRole("grid", { name: "Metrics by step" });
  await expect(grid.getByRole("row", { selected: true }).getByRole("gridcell").first()).toHaveText(
    "29",
  );
  await page.keyboard.press("v");
  await page.keyboard.press("Escape");
  await expect(page).not.toHaveURL(/step=/u);
});

test("completions of any step: brackets change the prompt, J the completion, F filters right and wrong", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-grpo?step=12&group=0");
  const panel = page.getByRole("region", { name: "Completions", exact: true });
  await expect(panel.getByText("Prompt 1 of 8")).toBeVisible();
  await page.keyboard.press("]");
  await expect(panel.getByText("Prompt 2 of 8")).toBeVisible();
  await page.keyboard.press("j");
  await expect(panel.getByText("Completion 2", { exact: true })).toBeVisible();
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/show=right/u);
  await expect(panel.getByRole("img", { name: "wrong" })).toHaveCount(0);
  await page.keyboard.press("f");
  await expect(panel.getByRole("img", { name: "right" })).toHaveCount(0);
});

test("T switches the theme, it is kept, and another window of the workspace follows", async ({
  browser,
}) => {
  const first = await openWindow(browser, host);
  const other = await openWindow(browser, host);
  const theme = (page: typeof first.page): Promise<string | null> =>
    page.locator("html").getAttribute("data-theme");
  expect(await theme(first.page)).toBe("dark");
  await first.page.keyboard.press("t");
  await expect(first.page.locator("html")).toHaveAttribute("data-theme", "light");
  await expect(other.page.locator("html")).toHaveAttribute("data-theme", "light");
  await first.page.reload();
  await expect(first.page.locator("html")).toHaveAttribute("data-theme", "light");
  await first.goTo("/settings");
  await first.page.getByRole("radio", { name: "As the system" }).click();
  await expect(other.page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("single letters can be turned off; held keys still act", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/settings");
  await page
    .getByRole("radiogroup", { name: "Single-letter keys" })
    .getByRole("radio", { name: "Off" })
    .click();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Command palette" })).toBeVisible();
});

test("a command's keys are changed in the key sheet, refuse what another has, act, outlive a reload and are given back", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  const change = page.getByRole("button", { name: "Change the keys of “Go to Cost”" });
  const status = page.getByRole("dialog").getByRole("status");
  const heading = page.getByRole("heading", { level: 1 });
  await page.keyboard.press("?");
  // The dialog gives itself the focus once it is drawn: taken before that, it would be taken back.
  await expect(page.getByRole("dialog").getByRole("button", { name: /^Close/u })).toBeFocused();
  await change.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await expect(status).toContainText("Taken by “Go to Runs”");
  await page.keyboard.press("Enter");
  await expect(status).toBeVisible();
  await page.keyboard.press("Backspace");
  await page.keyboard.press("y");
  await page.keyboard.press("Enter");
  await expect(change.locator("kbd")).toHaveText(["Y"]);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("y");
  await expect(heading).toHaveText("Cost");
  await goTo("/");
  await page.reload();
  await expect(heading).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(heading).not.toHaveText("Cost");
  await page.keyboard.press("y");
  await expect(heading).toHaveText("Cost");
  await page.keyboard.press("?");
  await page.getByRole("button", { name: "Reset the keys of “Go to Cost”" }).click();
  await page.keyboard.press("Escape");
  await goTo("/");
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await expect(heading).toHaveText("Cost");
});

test("the tour leads through the screens by Enter alone, ends at the demo, and is offered once", async ({
  browser,
}) => {
  const { page } = await openWindow(browser, host);
  const heading = page.getByRole("heading", { level: 1 });
  await page.getByRole("button", { name: "Take the tour" }).focus();
  await page.keyboard.press("Enter");
  const tour = page.getByRole("region", { name: "Tour" });
  for (const title of ["Datasets", "Curation", "Recipes", "Runs", "Compare", "Playground"]) {
    await page.keyboard.press("Enter");
    await expect(tour.getByRole("heading", { name: title })).toBeVisible();
    await expect(heading).toHaveText(title);
  }
  await page.keyboard.press("Enter");
  await expect(tour).toContainText("8 of 8");
  await page.keyboard.press("Enter");
  await expect(tour).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Run the demo/u })).toBeFocused();
  await page.reload();
  await expect(heading).toBeVisible();
  await expect(page.getByRole("button", { name: "Take the tour" })).toHaveCount(0);
});

test("a menu is opened, walked and left by keys, and gives the focus back", async ({ browser }) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-cold-start");
  const button = page.getByRole("button", { name: "Loss: what to do" });
  const menu = page.getByRole("menu", { name: "Loss: what to do" });
  const item = (name: string): Locator => menu.getByRole("menuitem", { name });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(item("Open large")).toBeFocused();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("ArrowDown");
  await expect(item("Save every point as CSV")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(item("Open large")).toBeFocused();
  await page.keyboard.press("h");
  await expect(item("Hide")).toBeFocused();
  // A letter is the menu's, not the screen's, where V shows the charts as a table.
  await page.keyboard.press("v");
  await expect(item("Hide")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
  await expect(button).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(item("Open large")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(menu).toHaveCount(0);
  await expect(button).toBeFocused();
  await expect(page.getByRole("figure")).toHaveCount(3);
  expect(complaints).toEqual([]);
});

test("a key that follows Enter at once is not lost, in a menu and behind one", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-cold-start");
  const button = page.getByRole("button", { name: "Loss: what to do" });
  const menu = page.getByRole("menu", { name: "Loss: what to do" });
  const item = (name: string): Locator => menu.getByRole("menuitem", { name });
  /** Sent one behind the other, none waits until the one before was taken. */
  const together = async (...keys: readonly string[]): Promise<void> => {
    await Promise.all(keys.map((key) => page.keyboard.press(key)));
  };
  await button.focus();
  await together("Enter", "ArrowDown");
  await expect(item("Save every point as CSV")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(item("Save as SVG")).toBeFocused();
  // The first one saves and closes the menu, the second one opens it again.
  await together("Enter", "Enter");
  await expect(item("Open large")).toBeFocused();
  await together("Escape", "Enter", "ArrowDown");
  await expect(item("Save every point as CSV")).toBeFocused();
  await page.keyboard.press("Escape");
  // The window's own dialogs.
  // A chord sent together with a key would hold Control down over it.
  await page.keyboard.press("Control+k");
  await page.keyboard.press("r");
  await expect(page.getByRole("combobox", { name: "Search or run a command" })).toHaveValue("r");
  await together("Escape", "Enter");
  await expect(item("Open large")).toBeFocused();
});

test("the columns of a screen are moved by arrows, and keep their width over a reload", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/models");
  const splitter = page.getByRole("separator", { name: "Width of the card" });
  await splitter.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(splitter).toHaveAttribute("aria-valuenow", "432");
  const card = page.locator(".modelcols > aside");
  await expect.poll(async () => (await card.boundingBox())?.width).toBe(432);
  await page.reload();
  await expect(splitter).toHaveAttribute("aria-valuenow", "432");
  await splitter.focus();
  await page.keyboard.press("Enter");
  await expect(splitter).toHaveAttribute("aria-valuenow", "400");
});
