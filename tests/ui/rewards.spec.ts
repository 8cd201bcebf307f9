/** A reward of one's own in the window: begun, marked where it is wrong, kept over a reload, saved, undone and tried. */
import { expect, test } from "@playwright/test";
import { seededHost } from "./file-host.ts";
import { beginRecipe, recipeSaved } from "./recipe-page.ts";
import { openWindow } from "./window-page.ts";

const host = seededHost();

test("a reward file is written beside the recipe, and nothing typed is lost", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/recipes");
  const address = await beginRecipe(page, "Demo (smoke)");
  await goTo(`${address}?step=rewards`);
  await page.getByRole("textbox", { name: "Name of the new reward file" }).fill("short");
  await page.getByRole("radio", { name: "JavaScript" }).click();
  await page.getByRole("button", { name: "Write it", exact: true }).click();
  const editor = page.getByRole("region", { name: "Reward rewards/short.js" });
  const text = editor.getByRole("textbox", { name: "Text of rewards/short.js" });
  await expect(text).toContainText("export function reward");
  await expect(editor.getByText("Gives numbers")).toBeVisible({ timeout: 20_000 });
  await recipeSaved(page);
  await expect(page.getByRole("textbox", { name: "Recipe as YAML" })).toContainText(
    "file: rewards/short.js",
  );

  await text.click();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("nothing();");
  await expect(editor.getByText(/^Line \d+:.*nothing/u)).toBeVisible({ timeout: 20_000 });
  await expect(editor.locator(".cm-lint-marker-error")).toBeVisible();
  await page.reload();
  await page.getByRole("button", { name: "Edit rewards/short.js" }).click();
  await expect(text).toContainText("nothing();");
  await expect(editor.getByText("not saved")).toBeVisible();
  await text.click();
  await page.keyboard.press("ControlOrMeta+s");
  await expect(editor.getByText("saved", { exact: true })).toBeVisible();
  await editor.getByRole("button", { name: "Undo" }).click();
  await expect(text).not.toContainText("nothing();");

  await page.getByRole("radio", { name: "pasted" }).click();
  await page.getByRole("button", { name: "Write the worked solution" }).click();
  await page.getByRole("button", { name: "Try out", exact: true }).click();
  await expect(page.getByText("nothing is said about spread")).toBeVisible({ timeout: 20_000 });
  await page.getByRole("combobox", { name: "Values of" }).selectOption("short");
  await expect(page.getByRole("img", { name: /^Completions by short\./u })).toBeVisible();
  await expect(page.getByText(/ms a completion/u)).toBeVisible();
  expect(complaints).toEqual([]);
});
