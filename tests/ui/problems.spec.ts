/** Problem sets in the window: a CSV with a bad line comes in, is filtered, an answer is tried, a recipe begins with it. */
import { expect, test } from "@playwright/test";
import { connectTo } from "../helpers/host-client.ts";
import { fileHost } from "./file-host.ts";
import { accessibilityFaults, cutOff, openWindow } from "./window-page.ts";

const host = fileHost();

const CSV = [
  "question,reply,topic,level",
  "What is 2 plus 3?,5,sums,1",
  "What is 20 plus 30?,50,sums,2",
  ",7,sums,1",
  "How many legs have 4 dogs?,16,words,3",
  "",
].join("\n");

test("a CSV is mapped, its bad line said, its problems filtered, an answer judged, and a recipe begun", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/problems");
  await expect(page.getByText("No problem sets yet.")).toBeVisible();
  await page.keyboard.press("i");
  await page.getByLabel("File to import").setInputFiles({
    name: "my-sums.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(CSV),
  });
  const preview = page.getByRole("region", { name: "Preview" });
  await page.getByRole("combobox", { name: "Prompt", exact: true }).selectOption("question");
  await page.getByRole("combobox", { name: "Right answer" }).selectOption("reply");
  await page.getByRole("combobox", { name: "Difficulty" }).selectOption("level");
  await expect(preview.getByText("How many legs have 4 dogs?")).toBeVisible();
  await expect(preview.getByRole("list", { name: "Bad lines" })).toBeVisible();
  expect(await accessibilityFaults(page, "dark")).toEqual([]);
  const button = page.getByRole("button", { name: "Import", exact: true });
  await button.click();
  await expect(page.getByText("so nothing was imported")).toBeVisible();
  await page.getByRole("checkbox", { name: /Leave bad lines out/u }).check();
  await button.click();
  await page.getByRole("link", { name: "Open my-sums" }).click();

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("my-sums");
  const grid = page.getByRole("grid", { name: "Problems" });
  await expect(grid.getByText("What is 20 plus 30?")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("difficulty:3..5");
  await expect(page.getByText("1 of 3 problems")).toBeVisible();
  await expect(page).toHaveURL(/where=difficulty/u);
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await expect(page.getByRole("heading", { name: /^Problem / })).toBeVisible();
  await page.keyboard.press("y");
  const tried = page.getByRole("region", { name: "Try an answer" });
  await page.keyboard.type("there are 16 legs");
  await expect(tried.getByText("right", { exact: true })).toBeVisible();
  await page.keyboard.type(" or 17");
  await expect(tried.getByText("wrong", { exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  expect(await accessibilityFaults(page, "dark")).toEqual([]);
  await page.keyboard.press("v");
  await expect(page.getByRole("region", { name: "Pass rates" })).toBeVisible();

  await page.getByRole("button", { name: /^Train on these/u }).click();
  await expect(page).toHaveURL(/recipe\/.*step=data/u);
  await expect(page.getByRole("combobox", { name: "problems" })).toHaveValue("my-sums");
  await expect(page.getByRole("textbox", { name: "where" })).toHaveValue("difficulty:3..5");
  await expect(page.getByText("1 problem found")).toBeVisible();
  await page.getByRole("button", { name: "Add a source to grpo" }).click();
  await expect(page.getByRole("radiogroup", { name: "Source 2 of grpo" })).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(page.getByRole("radiogroup", { name: "Source 2 of grpo" })).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test("a recipe with a list of sources is shown as such, and opening it changes nothing", async ({
  browser,
}) => {
  const yaml = [
    "name: two sources",
    "models: { base: smollm2-135m-instruct }",
    "stages:",
    "  - name: grpo",
    "    kind: grpo",
    "    model: base",
    "    data:",
    "      - { problems: my-sums, weight: 3 }",
    "      - { task: countdown, difficulties: [3, 4], weight: 1 }",
    "    generation_batch_size: 64",
    "    max_steps: 10",
    "",
  ].join("\n");
  const client = await connectTo(host.url);
  const { id } = await client.call.recipes.create({ from: { yaml } });
  const { page, complaints, goTo } = await openWindow(browser, host, { width: 1100, height: 720 });
  await goTo(`/recipe/${id}?step=data`);
  await expect(page.getByRole("radiogroup", { name: "Source 1 of grpo" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "weight" }).first()).toHaveValue("3");
  await expect(page.getByRole("combobox", { name: "task" })).toHaveValue("countdown");
  await page.keyboard.press("Tab");
  expect(await cutOff(page)).toEqual([]);
  expect(await accessibilityFaults(page, "dark")).toEqual([]);
  await goTo("/problems/my-sums");
  expect(await cutOff(page)).toEqual([]);
  await goTo("/problems");
  expect(await cutOff(page)).toEqual([]);
  expect((await client.call.recipes.get({ id })).yaml).toBe(yaml);
  client.close();
  expect(complaints).toEqual([]);
});
