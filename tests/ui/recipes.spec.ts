/** Recipes in the window, through a real host, store and engine: every way to a pipeline, by keyboard alone where it is said. */
import { expect, test } from "@playwright/test";
import { connectTo } from "../helpers/host-client.ts";
import { seededHost } from "./file-host.ts";
import { beginRecipe, beginSmokeByKeyboard, recipeSaved, startByKeyboard } from "./recipe-page.ts";
import { accessibilityFaults, openWindow, settled } from "./window-page.ts";

// No Python: nothing is installed from here.
process.env["GRADUS_PYTHON"] = "/nowhere/python3";
const host = seededHost();

// What a test began would go on beside the tests after it.
test.afterEach(async () => {
  const { call, close } = await connectTo(host.url);
  const atWork = async () =>
    (await call.pipelines.list({ status: ["queued", "running", "stopping"] })).pipelines;
  for (const { id } of await atWork())
    await call.pipelines.stop({ pipelineId: id, mode: "discard" });
  await expect.poll(async () => (await atWork()).length).toBe(0);
  close();
});

const STEPS = ["preset", "models", "data", "stages", "stage.grpo", "rewards", "hardware", "review"];

test("by keyboard alone: preset, steps, an option with its problem and fix, start; GRPO runs on the real engine", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await beginSmokeByKeyboard(page);
  await page.keyboard.press("Alt+ArrowRight");
  await expect(page).toHaveURL(/step=models/u);
  for (let step = 0; step < 6; step += 1) await page.keyboard.press("Alt+ArrowRight");
  await expect(page).toHaveURL(/step=stage\.grpo$/u);
  const group = page.getByRole("textbox", { name: "num_generations", exact: true });
  await group.focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("7");
  const fix = page.getByRole("button", { name: "Use 8" }).first();
  await expect(fix).toBeVisible();
  await expect(group).toHaveAttribute("aria-invalid", "true");
  await fix.focus();
  await page.keyboard.press("Enter");
  await expect(group).toHaveValue("8");
  await expect(group).toHaveAttribute("aria-invalid", "false");
  await recipeSaved(page);
  const pipeline = await startByKeyboard(page);
  // The engine itself: GRPO's first step has sampled, graded and learnt.
  await goTo(`/run/${pipeline}-grpo`);
  await expect(page.getByText(/finished/u).first()).toBeVisible({ timeout: 150_000 });
  // Its completions are graded again as they were, with the problems that it drew.
  await goTo("/recipes?text=smoke");
  await page.getByRole("row").filter({ hasText: "Demo (smoke)" }).first().dblclick();
  await page.getByRole("button", { name: /^Rewards/u }).click();
  await page.getByRole("combobox", { name: "Run" }).selectOption(`${pipeline}-grpo`);
  await page.getByRole("button", { name: "Try out", exact: true }).click();
  await expect(page.getByText("64 completions of step 3")).toBeVisible();
  await expect(
    page.getByText(/the rule (accepts|rejects)|no <\/think>|no complete/u).first(),
  ).toBeVisible();
  expect(complaints).toEqual([]);
});

test("text and form are one: an edit of either shows in the other, comments stay, undo takes both back", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/recipes");
  const address = await beginRecipe(page, "DAPO");
  await goTo(`${address}?step=stage.grpo`);
  const rate = page.getByRole("textbox", { name: "learning_rate", exact: true });
  await rate.fill("3e-5");
  const editor = page.getByRole("textbox", { name: "Recipe as YAML" });
  await expect(editor).toContainText("learning_rate: 3e-5");
  await expect(page.getByText("1 option changed")).toBeVisible();
  await recipeSaved(page);
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("y");
  await expect(editor).toBeFocused();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.type("# mine\n");
  await page.keyboard.press("Escape");
  await rate.fill("2e-5");
  await expect(editor).toContainText("# mine");
  await recipeSaved(page);
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(rate).toHaveValue("3e-5");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(editor).not.toContainText("# mine");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(rate).toHaveValue("1.5e-4");
  await expect(page.getByText("unchanged")).toBeVisible();
  // Broken text: the form waits, and says where it breaks.
  await page.keyboard.press("y");
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.type("a: [\n");
  await expect(page.getByRole("alert").filter({ hasText: "no valid YAML" })).toBeVisible();
  await expect(rate).toBeDisabled();
});

test("an edit of another window comes in", async ({ browser }) => {
  const first = await openWindow(browser, host);
  await first.goTo("/recipes");
  const address = await beginRecipe(first.page, "Tiny SFT");
  await first.goTo(`${address}?step=preset`);
  const other = await openWindow(browser, host);
  await other.goTo(`${address}?step=preset`);
  await other.page.getByRole("textbox", { name: "seed" }).fill("9");
  await other.page.keyboard.press("Enter");
  await recipeSaved(other.page);
  await expect(first.page.getByRole("textbox", { name: "seed" })).toHaveValue("9");
});

test("a pipeline's fixed configuration becomes a recipe", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/recipes");
  await page.keyboard.press("i");
  const dialog = page.getByRole("dialog", { name: "Import a recipe" });
  await dialog.getByRole("radio", { name: "A pipeline" }).click();
  await dialog.getByRole("combobox").selectOption("p61");
  await dialog.getByRole("button", { name: "Import" }).click();
  await expect(page.getByText("recipe, began as the configuration of p61")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Recipe as YAML" })).toContainText("stages:");
});

test("a file that the system hands over is kept only when it is said so", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/recipes?file=%2Fno%2Fsuch%2Frecipe.yaml");
  const dialog = page.getByRole("dialog", { name: "Import a recipe" });
  await expect(dialog).toContainText("/no/such/recipe.yaml");
  await dialog.getByRole("button", { name: "Import" }).click();
  await expect(page.getByRole("alert")).toContainText("There is no file");
});

test("a sweep: a pipeline for each value, shown together; those that wait are moved, held and taken out", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/recipes");
  const address = await beginRecipe(page, "Demo (smoke)");
  await goTo(`${address}?step=review`);
  await page.getByRole("button", { name: "Vary an option" }).click();
  await page.getByRole("combobox", { name: "Option 1" }).fill("stages.grpo.learning_rate");
  await page.getByRole("textbox", { name: "Values of option 1" }).fill("1e-5, 3e-5");
  await page.getByRole("textbox", { name: "Seeds" }).fill("2");
  await page.getByRole("button", { name: "Start 4 pipelines" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sweeps");
  const sweep = page.getByRole("region", { name: "Sweep s1" });
  await expect(sweep.getByRole("row")).toHaveCount(5);
  await expect(sweep.getByRole("row").nth(4)).toContainText("0.00003");
  await page.getByRole("radio", { name: "Queue" }).click();
  const grid = page.getByRole("grid", { name: "Queue" });
  const rows = grid.getByRole("row");
  await expect(rows).toHaveCount(5);
  const last = await rows.nth(4).textContent();
  await grid.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Alt+ArrowUp");
  await expect(rows.nth(3)).toContainText(last?.slice(1, 12) ?? "");
  await page.keyboard.press("h");
  await expect(rows.nth(3)).toContainText("held");
  await page.keyboard.press("Delete");
  await expect(rows).toHaveCount(4);
  for (let left = 3; left > 1; left -= 1) {
    await grid.focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Delete");
    await expect(rows).toHaveCount(left);
  }
});

test("two recipes are compared, one is deleted and comes back", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/recipes?recipe=preset:dapo&compare=preset:dr-grpo");
  const aside = page.getByRole("complementary", { name: "Chosen recipe" });
  await expect(aside.getByRole("row").filter({ hasText: "grpo.loss_type" })).toContainText(
    "dr_grpo",
  );
  await goTo("/recipes");
  const before = await page.getByRole("grid", { name: "Recipes" }).getAttribute("aria-rowcount");
  await beginRecipe(page, "R1-Zero");
  await goTo("/recipes");
  const grid = page.getByRole("grid", { name: "Recipes" });
  await expect(grid).toHaveAttribute("aria-rowcount", String(Number(before) + 1));
  await page.getByRole("row").filter({ hasText: "R1-Zero" }).first().click();
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(grid).toHaveAttribute("aria-rowcount", before ?? "");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(grid).toHaveAttribute("aria-rowcount", String(Number(before) + 1));
});

test("an export lists its files and what has no counterpart", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/recipes");
  await beginRecipe(page, "Demo (smoke)");
  await page.getByRole("button", { name: "Export…" }).click();
  const dialog = page.getByRole("dialog", { name: "Export" });
  await expect(dialog.getByRole("cell", { name: "train.py", exact: true })).toBeVisible();
  await expect(dialog).toContainText("TRL has no trainer for a benchmark stage");
  await dialog.getByRole("radio", { name: /verl/u }).click();
  await expect(dialog.getByRole("cell", { name: "grpo.sh", exact: true })).toBeVisible();
});

const SIZES = [
  [1100, 720],
  [1280, 800],
  [1920, 1080],
] as const;

for (const colorScheme of ["dark", "light"] as const)
  test(`every step is free of accessibility faults in ${colorScheme}, and nothing is cut off`, async ({
    browser,
  }) => {
    test.setTimeout(300_000);
    const { page, goTo, complaints } = await openWindow(browser, host, { colorScheme });
    await goTo("/recipes");
    const addresses = [
      "/recipes",
      "/recipes?compare=preset:r1-full",
      "/recipes?view=queue",
      "/recipes?view=sweeps",
    ];
    const address = await beginRecipe(page, "DAPO");
    addresses.push(
      ...STEPS.map((step) => `${address}?step=${step}`),
      `${address}?step=review&aside=changes`,
      `${address}?step=review&aside=command`,
    );
    for (const one of addresses) {
      await goTo(one);
      await settled(page);
      expect.soft(await accessibilityFaults(page, colorScheme), one).toEqual([]);
    }
    // What does not fit does not fit in either theme.
    for (const [width, height] of colorScheme === "dark" ? SIZES : []) {
      await page.setViewportSize({ width, height });
      for (const one of addresses) {
        await goTo(one);
        const cut = await page.evaluate(() =>
          [...document.querySelectorAll("button, a:not(.skip), input, .screenhead, .head, .region")]
            .filter((element) => {
              const box = element.getBoundingClientRect();
              if (
                box.width === 0 ||
                element.closest(".scroll, .rows, .seg, .status, .cm-editor") !== null
              )
                return false;
              return box.right > window.innerWidth + 1 || box.bottom > window.innerHeight + 1;
            })
            .map((element) => element.outerHTML.slice(0, 120)),
        );
        expect.soft(cut, `${one} at ${String(width)}`).toEqual([]);
      }
    }
    expect(complaints).toEqual([]);
  });

test("a task of reasoning-gym asks before it is installed, and says what keeps it from that", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/recipes");
  const address = await beginRecipe(page, "DAPO");
  await goTo(`${address}?step=data`);
  const task = page.getByRole("combobox", { name: "task", exact: true }).first();
  const before = await task.inputValue();
  await task.selectOption("reasoning-gym, to be installed…");
  const dialog = page.getByRole("dialog", { name: "Install reasoning-gym?" });
  await expect(dialog).toContainText("by version and hash");
  await expect(dialog).toContainText(/python[/\\]reasoning-gym-/u);
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Install" }).click();
  await expect(dialog.getByRole("alert")).toContainText("is no Python 3.11 or later with venv");
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(dialog).toBeHidden();
  await expect(task).toHaveValue(before);
});
