/** Comparing by keyboard: pick, pin a baseline, look at the answers that differ, take the report away. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { openStore } from "#main/store/store.ts";
import { connectTo } from "../helpers/host-client.ts";
import { seededHost } from "./file-host.ts";
import { accessibilityFaults, openAlone, openWindow } from "./window-page.ts";

const DAY_MS = 86_400_000;

/** So that the costs span more than the day of the test. */
function rentDaysAgo(folder: string): void {
  const store = openStore(join(folder, "gradus.sqlite"));
  store.ledger.add({
    // A day lies between also where the pipelines of the last hour began before midnight.
    timeMs: Date.now() - 3 * DAY_MS,
    kind: "rent",
    note: "a rented machine",
    pipelineId: null,
    quantity: 2,
    unit: "h",
    usdPerUnit: 0.2,
    how: "by hand",
  });
  store.close();
}

const host = seededHost(rentDaysAgo);

test("base, cold start and a published row are picked, compared, and exported as one page", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/compare");
  await page.keyboard.press("a");
  const dialog = page.getByRole("dialog", { name: "Add to the comparison" });
  await expect(dialog.getByRole("textbox", { name: "Find" })).toBeFocused();
  await page.keyboard.type("ladder grpo");
  await dialog.getByRole("checkbox").first().check();
  await dialog.getByRole("textbox", { name: "Find" }).fill("base ladder");
  await dialog.getByRole("checkbox").last().check();
  await dialog.getByRole("textbox", { name: "Find" }).fill("DeepSeek-R1 MATH-500");
  await dialog.getByRole("checkbox").first().check();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);

  const table = page.getByRole("group", { name: "Compared benchmarks" });
  await expect(table.getByRole("cell", { name: "baseline" })).toBeVisible();
  // The first one asked for is the baseline: the base is worse than GRPO, until the baseline is the base.
  await expect(page.getByText("B is worse than A on arithmetic.")).toBeVisible();
  await page.keyboard.press("b");
  await expect(page.getByText("A is better than B on arithmetic.")).toBeVisible();
  await expect(table.getByText("other problems: MATH-500")).toBeVisible();
  await expect(table.getByText("no interval")).toBeVisible();
  await expect(page.getByText("Holm-adjusted over 1 comparison.")).toBeVisible();

  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  const answers = page.getByRole("dialog", { name: "Both answers" });
  await expect(answers.locator("pre")).toHaveCount(2);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Escape");

  const download = page.waitForEvent("download");
  await page.keyboard.press("x");
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^comparison-.*\.html$/u);
  const report = await readFile(await file.path(), "utf8");
  expect(report).toContain("is better than");
  expect(report).toContain("MATH-500");
  expect(report).not.toContain("<script");
  const alone = await openAlone(page, report);
  await expect(alone.getByRole("heading", { name: "Verdicts" })).toBeVisible();
  await expect(alone.locator("svg circle").first()).toBeVisible();
  expect(complaints).toEqual([]);
});

test("filters and the chosen problem live in the address, and back takes them back", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/compare?runs=p61&left=p61-benchmark-grpo&right=p61-benchmark-base");
  const panel = page.getByRole("region", { name: "Problem by problem" });
  await panel.getByRole("button", { name: /^both/u }).click();
  await expect.poll(() => page.url()).toContain("show=both");
  await page.getByRole("button", { name: /^pass@1 %/u }).click();
  await expect.poll(() => page.url()).toContain("sort=pass1");
  const first = page.getByRole("group", { name: "Compared benchmarks" }).locator("tbody tr").nth(2);
  await expect(first).toContainText("grpo");
  await page.getByRole("combobox", { name: "Baseline" }).selectOption({ label: "C grpo" });
  await expect.poll(() => page.url()).toContain("reference=p61-benchmark-grpo");
  await page.goBack();
  await expect.poll(() => page.url()).not.toContain("reference=");
});

test("a set is imported with its bad lines told, and run on a model, from the keyboard", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/benchmarks");
  await page.keyboard.press("i");
  const dialog = page.getByRole("dialog", { name: "Import a benchmark" });
  await dialog.locator("input[type=file]").setInputFiles({
    name: "tiny.jsonl",
    mimeType: "application/jsonl",
    buffer: Buffer.from('{"problem":"1+1?","answer":2}\nno json\n'),
  });
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await expect(dialog.getByText("line 2: it is no JSON")).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Import the others" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Imported sets" }).getByText("tiny")).toBeVisible();
  await page.keyboard.press("n");
  const run = page.getByRole("dialog", { name: "Run a benchmark" });
  await expect(run.getByRole("combobox", { name: "Benchmark" })).toHaveValue("tiny");
  expect(await accessibilityFaults(page)).toEqual([]);
  await run.getByRole("textbox", { name: "Samples a problem (k)" }).fill("0");
  await expect(run.getByRole("button", { name: "Run" })).toBeDisabled();
  await run.getByRole("textbox", { name: "Samples a problem (k)" }).fill("1");
  await run.getByRole("textbox", { name: "Tokens at most" }).fill("4");
  await run.getByRole("button", { name: "Run" }).click();
  await expect.poll(() => page.url()).toMatch(/#\/run\/p\d+-benchmark/u);
  // Watched while it runs, its problems come without being asked for again.
  await expect(page.getByText(/^1–\d+ of \d+ problems?$/u)).toBeVisible({ timeout: 120_000 });
});

test("dollars of each day are stacked bars with an axis from zero, and said in words", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/cost");
  const days = page.getByRole("figure", { name: "A day", exact: true });
  await expect(days.getByRole("img").first()).toHaveAttribute(
    "aria-label",
    /^A day, \$.*, \$0\.40; .*, \$0; /u,
  );
  // The days between have no bar: what was rented, and what the pipelines of today cost.
  await expect(days.locator("title", { hasText: "$0.40" })).toHaveCount(1);
  await expect(days.locator("rect:has(title)")).not.toHaveCount(1);
  const ticks = days.locator("svg text", { hasText: /^\$/u });
  await expect(ticks.first()).toHaveText("$0");
  await expect(ticks.last()).toHaveText("$0.40");
  expect(await accessibilityFaults(page)).toEqual([]);
});

test("an entry by hand counts, and a projection says that it is one", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/cost");
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "Add an entry" });
  await dialog.getByRole("textbox", { name: "What for" }).fill("teacher tokens");
  await dialog.getByRole("textbox", { name: /^Quantity/u }).fill("2");
  await dialog.getByRole("textbox", { name: "Dollars for one" }).fill("1.5");
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(
    page.getByRole("grid", { name: "Ledger" }).getByText("teacher tokens"),
  ).toBeVisible();
  await expect(page.locator(".shares").getByText("$3.00")).toBeVisible();
  const whatIf = page.getByRole("region", { name: "What if" });
  await whatIf.getByRole("textbox", { name: /^weights/u }).fill("4");
  await expect(whatIf.getByText(/Projection, not a measurement: weights ×4/u)).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  const csv = await readFile(await (await download).path(), "utf8");
  expect(csv).toContain("teacher tokens,2,M tokens,1.5,3,by hand");
});

test("a printed report is whole on A4: nothing is wider than the page, whatever the names and the theme", async ({
  browser,
}) => {
  const client = await connectTo(host.url);
  const candidates = await client.call.compare.candidates();
  const ids = [...new Set(candidates.map(({ pipelineId }) => pipelineId))].slice(0, 6);
  const { text } = await client.call.compare.export({ ids, format: "html" });
  client.close();
  // Names as people give them: long, without a place to break.
  const long = text.replaceAll("arithmetic", `arithmetic${"_of_long_names".repeat(12)}`);
  const context = await browser.newContext({
    colorScheme: "dark",
    // The width between the margins: 210 mm without 24, at 96 pixels an inch.
    viewport: { width: 703, height: 1000 },
  });
  const page = await context.newPage();
  for (const report of [text, long]) {
    await page.setContent(report);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const { wide, background, cut } = await page.evaluate(() => ({
      wide: [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 0.5)
        .map((element) => `${element.tagName} ${(element.textContent ?? "").slice(0, 40)}`),
      background: getComputedStyle(document.body).backgroundColor,
      cut: [...document.querySelectorAll("div, pre")].filter(
        (element) => element.scrollWidth > element.clientWidth,
      ).length,
    }));
    expect(wide).toEqual([]);
    expect(cut).toBe(0);
    expect(background).toBe("rgb(255, 255, 255)");
    expect(report).toContain("@page{size:A4");
    expect((await page.pdf({ preferCSSPageSize: true })).length).toBeGreaterThan(1000);
  }
  await context.close();
});
