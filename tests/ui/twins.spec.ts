/** PPO beside GRPO in the window: the wizard's switch, and what results say of the twins. */
import { expect, test } from "@playwright/test";
import { seedWorkspace } from "../helpers/window-host.ts";
import { fileHost } from "./file-host.ts";
import { beginRecipe } from "./recipe-page.ts";
import { openWindow } from "./window-page.ts";

const host = fileHost({ prepare: (folder) => void seedWorkspace(folder, "twins") });

test("the wizard's switch writes the twin into the recipe, and takes it out again", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/recipes");
  const address = await beginRecipe(page, "DAPO");
  await goTo(`${address}?step=stage.grpo`);
  const editor = page.getByRole("textbox", { name: "Recipe as YAML" });
  const twin = page.getByRole("checkbox", { name: "Run PPO with a critic beside it" });
  await expect(twin).not.toBeChecked();
  await twin.focus();
  await page.keyboard.press("Space");
  await expect(twin).toBeChecked();
  await expect(editor).toContainText("twin: ppo");
  await page.keyboard.press("Space");
  await expect(editor).not.toContainText("twin: ppo");
});

test("results say what each twin took and learned, and what going without the critic saved", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/pipeline/p1");
  const twins = page.getByRole("region", { name: "grpo with and without a critic" });
  // Two minutes against three, at equal rates: a third.
  await expect(twins).toContainText(
    "Without a critic: 33% less time, 33% less peak memory, 33% fewer FLOPs, 33% fewer dollars.",
  );
  const row = (name: string) => twins.getByRole("row").filter({ hasText: name });
  await expect(row("time").first()).toContainText("2 min3 min33%");
  await expect(row("peak memory")).toContainText("2.0 GiB3.0 GiB33%");
  await expect(row("FLOPs")).toContainText("33%");
  await expect(row("dollars")).toContainText(/\$0\.\d+\$0\.\d+33%/u);
  await expect(row("pass@1")).toContainText("n 120, k 4");
  await expect(twins).toContainText(/GRPO less PPO: \+[\d.]+ points .*: GRPO learned more/u);
  expect(complaints).toEqual([]);
});
