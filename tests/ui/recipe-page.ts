/** What tests of recipes do in the window. */
import { expect } from "@playwright/test";
import type { Page } from "@playwright/test";

/** Begins a recipe with a preset, by a click on each; gives its address. */
export async function beginRecipe(page: Page, preset: string): Promise<string> {
  await page
    .getByRole("row")
    .filter({ hasText: preset })
    .filter({ hasText: "ships with Gradus" })
    .first()
    .click();
  await page.getByRole("button", { name: "Begin with it" }).click();
  await expect(page.getByRole("navigation", { name: "Steps" })).toBeVisible();
  return new URL(page.url()).hash.split("?")[0]?.slice(1) ?? "";
}

/** From any screen to the first step of the short demo, by keyboard alone. */
export async function beginSmokeByKeyboard(page: Page): Promise<void> {
  await page.keyboard.press("g");
  await page.keyboard.press("e");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Recipes");
  await page.keyboard.press("/");
  await page.keyboard.type("smoke");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("row", { selected: true })).toContainText("Demo (smoke)");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("navigation", { name: "Steps" })).toBeVisible();
}

/** From the recipe to its pipeline, by keyboard alone; gives the pipeline's id. */
export async function startByKeyboard(page: Page): Promise<string> {
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page).toHaveURL(/step=review/u);
  const start = page.getByRole("button", { name: "Start", exact: true });
  await expect(start).toBeEnabled();
  await start.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/pipeline\/p\d+/u);
  return /p\d+$/u.exec(page.url())?.[0] ?? "";
}

/** The edit is with the host. */
export async function recipeSaved(page: Page): Promise<void> {
  await expect(
    page
      .getByRole("status")
      .filter({ hasText: /^Saved$/u })
      .first(),
  ).toBeVisible();
}
