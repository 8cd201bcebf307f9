/** What used to lead nowhere: data that cannot be trained on, a pipeline that failed, long work by one letter, an undo of long ago. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { seededHost } from "./file-host.ts";
import { beginRecipe, recipeSaved } from "./recipe-page.ts";
import { accessibilityFaults, openWindow } from "./window-page.ts";

const host = seededHost();
const MAIN = fileURLToPath(new URL("../../src-main/host/cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gradus-dead-ends-"));

test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("records that cannot be trained on are a problem of the data step before the start, with their numbers", async ({
  browser,
}) => {
  const file = join(folder, "some.jsonl");
  const answered = { role: "assistant", content: "4" };
  const asked = { role: "user", content: "Name a number." };
  writeFileSync(
    file,
    [[asked, answered], [asked], [asked, answered], [asked]]
      .map((messages) => `${JSON.stringify({ messages })}\n`)
      .join(""),
  );
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/recipes");
  const address = await beginRecipe(page, "Tiny SFT");
  await goTo(`${address}?step=data`);
  await page.getByRole("radio", { name: "dataset" }).first().click();
  await page
    .getByRole("textbox", { name: "dataset" })
    .or(page.getByRole("combobox", { name: "dataset" }))
    .first()
    .fill(file);
  await page.keyboard.press("Enter");
  await expect(
    page.getByText("2 of 4 examples cannot be used (records 2, 4)").first(),
  ).toBeVisible();
  const steps = page.getByRole("navigation", { name: "Steps" });
  await expect(steps.getByRole("button", { name: /^Data/u })).toContainText("1 problem");
  await expect(steps.getByRole("button", { name: /^Review/u })).toContainText(
    "1 problem to mend first",
  );
  await recipeSaved(page);
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByRole("button", { name: "Start", exact: true })).toBeDisabled();
  expect(complaints).toEqual([]);
});

test("what a field cannot take is said at the field", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/recipes");
  const address = await beginRecipe(page, "Tiny SFT");
  await goTo(`${address}?step=data`);
  const examples = page.getByRole("textbox", { name: "examples" });
  const before = await examples.inputValue();
  await examples.fill("many");
  await page.keyboard.press("Enter");
  await expect(
    page.getByRole("alert").filter({ hasText: "“many” cannot stand here" }),
  ).toBeVisible();
  await expect(examples).toHaveValue(before);
});

test("a failed pipeline leads to a draft of its recipe, at the stage that failed and with why", async ({
  browser,
}) => {
  const data = join(folder, "unanswered.jsonl");
  writeFileSync(data, `${JSON.stringify({ messages: [{ role: "user", content: "q" }] })}\n`);
  const recipe = join(folder, "unanswered.yaml");
  writeFileSync(
    recipe,
    `name: Unanswered\nmodels: { base: gradus-base }\nstages:\n  - name: cold\n    kind: sft\n    model: base\n    data: { dataset: ${data} }\n    max_length: 128\n`,
  );
  const { status, stdout } = spawnSync(
    process.execPath,
    [MAIN, "run", recipe, "--workspace", host.folder, "--json"],
    { encoding: "utf8" },
  );
  expect(status).toBe(1);
  const failed = /p\d+/u.exec(stdout)?.[0] ?? "";
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo(`/pipeline/${failed}`);
  await expect(page.getByRole("button", { name: /^Change and run again/u })).toBeVisible();
  const costs = page.getByRole("region", { name: "Cost of each stage" });
  const cold = costs.getByRole("row").filter({ has: page.getByRole("link", { name: "cold" }) });
  await expect(cold.getByRole("cell").nth(1)).toHaveText(/^[1-9]/u);
  await expect(cold.getByRole("cell").nth(2)).toHaveText("–");
  await expect(costs).not.toContainText(/\b0 ms\b/u);
  await expect(costs).toContainText("No use is recorded of cold, so no cost is known");
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("a");
  await expect(page).toHaveURL(/#\/recipe\/r\d+\?step=stage\./u);
  await expect(page.getByText(/^Pipeline p\d+ failed: /u)).toBeVisible();
  await expect(page.getByText(/recipe, began as the configuration of p\d+/u)).toBeVisible();
  expect(complaints).toEqual([]);
});

test("D asks before it starts the demo, and the safe answer has the focus", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/");
  await page.getByRole("heading", { level: 1 }).first().click();
  await page.keyboard.press("d");
  const dialog = page.getByRole("dialog", { name: "Run the demo?" });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Not now" })).toBeFocused();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(page).toHaveURL(/#\/$/u);
});

test("the demo's button asks as its key does", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/");
  const button = page.getByRole("button", { name: /^Run the demo/u });
  await button.click();
  const dialog = page.getByRole("dialog", { name: "Run the demo?" });
  await expect(dialog.getByRole("button", { name: "Not now" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(page).toHaveURL(/#\/$/u);
  await expect(button).toBeFocused();
});

test("the button that resumes a stopped pipeline asks as its key does", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/pipeline/p62");
  await page.getByRole("button", { name: /^Resume/u }).click();
  const dialog = page.getByRole("dialog", { name: "Resume ladder-stopped?" });
  await expect(dialog.getByRole("button", { name: "Not now" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("stopped").first()).toBeVisible();
});

test("R asks before it resumes a stopped pipeline", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/pipeline/p62");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("r");
  const dialog = page.getByRole("dialog", { name: "Resume ladder-stopped?" });
  await expect(dialog.getByRole("button", { name: "Not now" })).toBeFocused();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("stopped").first()).toBeVisible();
});

test("undo tells of what was just done and leads there; what another window did before is left alone", async ({
  browser,
}) => {
  const first = await openWindow(browser, host);
  await first.goTo("/recipes");
  const address = await beginRecipe(first.page, "Tiny SFT");
  await first.goTo(`${address}?step=preset`);
  await first.page.getByRole("textbox", { name: "seed" }).fill("11");
  await first.page.keyboard.press("Enter");
  await recipeSaved(first.page);
  const later = await openWindow(browser, host);
  await later.page.keyboard.press("ControlOrMeta+z");
  await expect(later.page.getByText("Nothing was edited since this window opened")).toBeVisible();
  await first.goTo("/runs");
  await first.page.keyboard.press("ControlOrMeta+z");
  const said = first.page.getByRole("link", { name: /^Undone: .*seed/u });
  await expect(said).toBeVisible();
  await said.click();
  await expect(first.page).toHaveURL(new RegExp(`#${address}`, "u"));
  await expect(first.page.getByRole("textbox", { name: "seed" })).not.toHaveValue("11");
});

test("the palette finds a pipeline by its id, a dataset, a record by its text, and an option of the recipe on screen", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  const find = async (text: string): Promise<void> => {
    await page.keyboard.press("ControlOrMeta+k");
    await page.getByRole("combobox", { name: "Search or run a command" }).fill(text);
  };
  await goTo("/settings");
  await find("p61");
  await expect(page.getByRole("option", { name: /p61/u }).first()).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/(pipeline|run)\/p61/u);
  await goTo("/recipes");
  const address = await beginRecipe(page, "DAPO");
  await goTo(`${address}?step=preset`);
  await find("learning_rate of grpo");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/step=stage\.grpo/u);
  await expect(page.getByRole("textbox", { name: "learning_rate", exact: true })).toBeFocused();
  const records = join(folder, "tulips.jsonl");
  const turns = [
    { role: "user", content: "How many tulips are left?" },
    { role: "assistant", content: "121" },
  ];
  writeFileSync(records, `${JSON.stringify({ messages: turns })}\n`);
  spawnSync(process.execPath, [MAIN, "data", "import", records, "--workspace", host.folder]);
  await goTo("/settings");
  await find("tulips");
  await expect(page.getByRole("option", { name: /tulips d\d+ .*1 record/u })).toBeVisible();
  await page.getByRole("option", { name: /tulips #1 .*How many tulips are left/u }).click();
  await expect(page).toHaveURL(/#\/curation\?dataset=d\d+&queue=all&record=\d+/u);
  await expect(page.getByText("How many tulips are left?").first()).toBeVisible();
  await goTo("/settings");
  await find("num_generations");
  await expect(page.getByRole("option", { name: /completions per prompt/u })).toBeVisible();
  await page.keyboard.press("Escape");
  expect(complaints).toEqual([]);
});

test("stages are named with their pipeline and model wherever they are picked", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/runs?group=none");
  await expect(
    page
      .getByRole("row")
      .filter({ hasText: /p61 \/ .* on / })
      .first(),
  ).toBeVisible();
  await goTo("/");
  await expect(page.getByRole("row").filter({ hasText: /p\d+/u }).first()).toBeVisible();
});
