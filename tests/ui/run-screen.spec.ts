/** The run screen and the overlay on a seeded workspace behind a real host: charts, completions, tokens, alarms, notes, picks. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { Download, Locator, Page } from "@playwright/test";
import Database from "better-sqlite3";
import { openStore } from "#main/store/store.ts";
import { seededHost } from "./file-host.ts";
import { RunId } from "#shared/schema/run.ts";
import { openWindow } from "./window-page.ts";

/** What a model may write: markup, a turned reading direction, terminal codes, a megabyte in one line. */
const HOSTILE = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\u202Edlrow\u001B[31mred<answer>=1+1</answer>${"x".repeat(1_000_000)}`;

function insertHostile(folder: string): void {
  const store = openStore(join(folder, "gradus.sqlite"));
  const rollout = {
    step: 21,
    group: 0,
    index: 0,
    problemId: "hostile",
    difficulty: 3,
    prompt: "<b>\u202E</b>",
    completion: HOSTILE,
    completionIds: [1, 2],
    logprobs: [-1, -1],
    rewards: { "<i>": 1 },
    reward: 7,
    advantage: 0,
    correct: true,
    finishReason: "length" as const,
  };
  store.transaction(() => store.rollouts.insert(RunId.parse("p62-grpo"), [rollout]));
  store.close();
}

/** A benchmark of which no problem of one difficulty was solved. */
function unsolveOneDifficulty(folder: string): void {
  const database = new Database(join(folder, "gradus.sqlite"));
  const { changes } = database
    .prepare(
      `UPDATE evaluations SET summary = json_set(summary, '$.byDifficulty[0].value', 0, '$.byDifficulty[0].low', 0)
       WHERE run_id = 'p62-benchmark-base'`,
    )
    .run();
  database.close();
  if (changes !== 1) throw new Error("the benchmark is not there");
}

const host = seededHost((folder) => {
  insertHostile(folder);
  unsolveOneDifficulty(folder);
});

function chart(page: Page, name: string): Locator {
  return page.getByRole("figure", { name, exact: true });
}

function textOf(download: Download): Promise<string> {
  return download.path().then((path) => readFileSync(path, "utf8"));
}

test("a score of 0 has its interval among the bars, as the others do", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p62-benchmark-base?tab=difficulty");
  const bars = chart(page, "pass@1 by difficulty");
  await expect(bars.locator(".barvalue").first()).toHaveText("0.0");
  // Difficulties 3, 4 and 5.
  await expect(bars.locator(".recharts-errorBar")).toHaveCount(3);
});

test("a drag over one chart zooms all of them, with the host's own points of that range; 0 shows all again", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-cold-start");
  const box = await chart(page, "Loss").getByRole("img").first().boundingBox();
  if (box === null) throw new Error("the chart has no box");
  await page.mouse.move(box.x + box.width * 0.25, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 20, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/zoom=2\d\d-4\d\d/u);
  // 900 steps in 600 buckets before; in the range every step by itself, with a margin on both sides.
  await expect(chart(page, "Gradient norm").getByRole("img").first()).toHaveAttribute(
    "aria-label",
    /, 2[0-9]{2} points/u,
  );
  await page.keyboard.press("0");
  await expect(page).not.toHaveURL(/zoom=/u);
  await page.keyboard.press("+");
  await expect(page).toHaveURL(/zoom=225-675/u);
  await page.goBack();
  await expect(page).not.toHaveURL(/zoom=/u);
  expect(complaints).toEqual([]);
});

test("smoothing is off at first, named when on, and keeps the raw line; a log axis says so", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-grpo");
  const reward = chart(page, "Reward");
  await expect(reward.locator("path.line")).toHaveCount(1);
  await expect(reward.locator("path.rawline")).toHaveCount(0);
  await page.keyboard.press("e");
  await expect(reward).toContainText("EMA 0.6 over points drawn");
  await expect(reward.locator("path.rawline")).toHaveCount(1);
  await page.keyboard.press("y");
  await expect(reward).toContainText("log axis");
});

test("a chart opens large, shows what it measures, is saved as CSV with every point, as SVG and PNG; order and hiding are remembered", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-cold-start");
  const menu = page.getByRole("button", { name: "Loss: what to do" });
  const save = async (item: string): Promise<Download> => {
    const waiting = page.waitForEvent("download");
    await menu.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: item }).click();
    return waiting;
  };
  const csv = await textOf(await save("Save every point as CSV"));
  expect(csv.split("\n")[0]).toBe("step,loss");
  expect(csv.trim().split("\n")).toHaveLength(901);
  expect(await textOf(await save("Save as SVG"))).toMatch(
    /^<svg [^>]+>[^]*<path d="M[^]*<\/svg>$/u,
  );
  const png = await save("Save as PNG");
  expect(
    readFileSync(await png.path())
      .subarray(1, 4)
      .toString(),
  ).toBe("PNG");
  await chart(page, "Loss").getByRole("button", { name: "Loss", exact: true }).click();
  await expect(page.getByText("negative log-likelihood a trained token")).toBeVisible();
  await expect(page.getByRole("figure")).toHaveCount(1);
  await page.keyboard.press("v");
  await expect(
    page.getByRole("grid", { name: "Metrics by step" }).getByRole("columnheader"),
  ).toHaveText(["step", "loss"]);
  await page.keyboard.press("v");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("figure")).toHaveCount(3);
  await menu.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Open large" })).toBeFocused();
  await page.keyboard.press("End");
  await expect(page.getByRole("menuitem", { name: "Hide" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(chart(page, "Loss")).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("button", { name: "Hidden charts" })).toHaveText("1 hidden");
  await expect(page.getByRole("figure")).toHaveCount(2);
});

test("tokens are coloured by log-probability, entropy or ratio, walked by keys, and hidden ones are shown", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-grpo?step=12&group=1");
  await page.keyboard.press("l");
  const list = page.getByRole("listbox", { name: /Tokens by log-prob/u });
  await expect(list.getByRole("option").first()).toHaveText("<think>");
  await expect(list.locator(".hid").last()).toHaveText("<|end|>");
  await expect(list.getByText("↵").first()).toBeVisible();
  await page.keyboard.press("n");
  await expect(list.getByRole("option", { selected: true })).toHaveClass(/p[34]/u);
  await list.focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText(/^log-prob −\d\.\d\d/u)).toBeVisible();
  await expect(page.getByText(/ratio [01]\.\d{3}/u)).toBeVisible();
  // The arrows belonged to the tokens: the step is the same.
  await expect(page).toHaveURL(/step=12/u);
  await page.keyboard.press("l");
  await page.keyboard.press("l");
  await expect(page).toHaveURL(/tokens=ratio/u);
  // The first group's rewards are equal: nothing was trained, and that is said.
  await goTo("/run/p61-grpo?step=12&group=0&tokens=entropy");
  await expect(page.getByText("the run ended before the step")).toBeVisible();
});

test("the whole run's completions are searched and filtered, and one is opened in its step", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-grpo");
  await page.keyboard.press("2");
  const panel = page.getByRole("region", { name: "Completions of the whole run" });
  const grid = panel.getByRole("grid", { name: "Completions found" });
  // 40 steps of 64.
  await expect(panel.getByRole("status")).toHaveText("2,560 completions");
  await grid.focus();
  await page.keyboard.press("End");
  await expect(grid.getByRole("row", { selected: true }).getByRole("gridcell").first()).toHaveText(
    "40",
  );
  await page.keyboard.press("/");
  await page.keyboard.type("17 + 11 = 28");
  await expect(panel.getByRole("status")).not.toHaveText("2,560 completions");
  await page.keyboard.press("Escape");
  await panel.getByRole("radio", { name: "Wrong" }).click();
  await expect(grid.getByRole("img", { name: "right" })).toHaveCount(0);
  await panel.getByRole("textbox", { name: "Least reward" }).fill("5");
  await expect(panel.getByText("No completion of this run matches.")).toBeVisible();
  await panel.getByRole("textbox", { name: "Least reward" }).fill("");
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/step=\d+&group=\d+&completion=\d+/u);
  await expect(page.getByRole("region", { name: "Completions", exact: true })).toBeVisible();
});

test("a prompt's completions stand side by side with their advantages", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-grpo?step=12&group=2");
  await page.keyboard.press("b");
  const all = page.getByRole("article");
  await expect(all).toHaveCount(8);
  await expect(all.first()).toContainText("<answer>");
  await expect(all.first()).toContainText(/[+−]\d\.\d\d/u);
  await page.keyboard.press("j");
  await expect(page.getByRole("article", { name: /^Completion 2/u })).toHaveAttribute(
    "aria-current",
    "true",
  );
});

test("a benchmark's problems are a list, and the one that is chosen is read with its completions", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-benchmark-grpo");
  const first = page.getByRole("group", { name: "Completions of problem 1", exact: true });
  await expect(first.getByText("Right answer")).toBeVisible();
  await expect(first.getByText(/answer .+ tokens/u).first()).toBeVisible();
  await page.keyboard.press("j");
  const second = page.getByRole("group", { name: "Completions of problem 2", exact: true });
  await expect(second.getByText(/answer .+ tokens/u).first()).toBeVisible();
  expect(complaints).toEqual([]);
});

test("an alarm stands on the charts and in the panel until it is dismissed", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p62-grpo");
  const panel = page.getByRole("region", { name: "Alarms", exact: true });
  await expect(panel).toContainText("1 open");
  await expect(chart(page, "Reward").locator(".mkr.warning")).toHaveCount(1);
  // The completions that prove it, and a branch that tries what it advises.
  await panel.getByRole("button", { name: "Prompt 2, completion 3" }).click();
  await expect(page).toHaveURL(/step=\d+.*group=1.*completion=2/u);
  await panel.getByRole("button", { name: "Branch with learning_rate" }).click();
  // The seeded checkpoints have no files: that is said, and nothing is made.
  await expect(panel).toContainText("p62-grpo has no checkpoint");
  await panel.getByRole("button", { name: "Dismiss" }).click();
  await expect(panel).toContainText("0 open · 1 dismissed");
  await expect(chart(page, "Reward").locator(".mkr.warning")).toHaveCount(0);
});

test("an option's value stands on one line wherever the side of a small window has room for it", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host, { width: 1100, height: 720 });
  await goTo("/run/p61-grpo");
  const values = page.getByRole("region", { name: "Configuration" }).locator("dd");
  await expect(values.filter({ hasText: /^grpo$/u }).first()).toBeVisible();
  const broken = await values.evaluateAll((elements) =>
    elements.flatMap((element) => {
      const text = document.createRange();
      text.selectNodeContents(element);
      const lines = new Set([...text.getClientRects()].map(({ top }) => Math.round(top)));
      element.style.cssText = "white-space: nowrap; position: absolute; max-width: none";
      const natural = element.getBoundingClientRect().width;
      element.style.cssText = "";
      const room = element.closest("dl")?.clientWidth ?? 0;
      return lines.size > 1 && natural < room - 32 ? [element.textContent] : [];
    }),
  );
  expect(broken).toEqual([]);
});

test("a note and tags are kept, and tags find the run in the list", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-grpo?tab=note");
  const note = page.getByRole("textbox", { name: "Note on this run" });
  await note.fill("The second seed\nlearns faster.");
  await expect(page.getByText(/^Saved \d\d:\d\d/u)).toBeVisible();
  await page.getByRole("combobox", { name: "New tag" }).fill("keeper");
  await page.keyboard.press("Enter");
  await expect(page.locator(".screenhead").getByText("keeper")).toBeVisible();
  await page.reload();
  await expect(note).toHaveValue("The second seed\nlearns faster.");
  await goTo("/runs?text=keeper");
  await expect(page.getByRole("row").filter({ hasText: "grpo" })).toHaveCount(1);
});

test("notes and tags are undone and done again, and what another window typed comes in", async ({
  browser,
}) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p62-grpo?tab=note");
  const note = page.getByRole("textbox", { name: "Note on this run" });
  const saved = page.getByText(/^Saved \d\d:\d\d/u);
  const tag = page.locator(".screenhead").getByText("steady", { exact: true });
  await note.fill("Before.");
  await expect(saved).toBeVisible();
  const other = await openWindow(browser, host);
  await other.goTo("/run/p62-grpo?tab=note");
  const otherNote = other.page.getByRole("textbox", { name: "Note on this run" });
  await note.fill("Before. After.");
  await expect(otherNote).toHaveValue("Before. After.");
  // Left at once: what was just typed is saved first, and is what is undone.
  await note.fill("Before. After. Later.");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(page.getByText("Undone: change the note of grpo")).toBeVisible();
  await expect(note).toHaveValue("Before. After.");
  await page.getByRole("combobox", { name: "New tag" }).fill("steady");
  await page.keyboard.press("Enter");
  await expect(tag).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(tag).toHaveCount(0);
  await page.keyboard.press("ControlOrMeta+z");
  await expect(note).toHaveValue("Before.");
  await expect(otherNote).toHaveValue("Before.");
  await page.reload();
  await expect(note).toHaveValue("Before.");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await expect(note).toHaveValue("Before. After.");
  await page.keyboard.press("ControlOrMeta+Shift+z");
  await expect(tag).toBeVisible();
});

test("tags put on several picked runs are taken back by one undo", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/runs?picked=p61-grpo,p62-grpo");
  await page.getByRole("button", { name: /^Tag…/u }).click();
  const dialog = page.getByRole("dialog", { name: "Tags of 2 runs" });
  await dialog.getByRole("combobox", { name: "New tag" }).fill("pair");
  await page.keyboard.press("Enter");
  await expect(dialog).toContainText("on all");
  await page.keyboard.press("Escape");
  await goTo("/runs?text=pair");
  const tagged = page.getByRole("row").filter({ hasText: "grpo" });
  await expect(tagged).toHaveCount(2);
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(page.getByText("Undone: put the tag pair on 2 runs")).toBeVisible();
  await expect(tagged).toHaveCount(0);
});

test("runs are sorted, picked by keyboard, laid over each other and taken out again", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/runs?group=none");
  await page.getByRole("button", { name: "pass@1 %" }).click();
  const grid = page.getByRole("grid", { name: "Pipelines and stages" });
  const first = grid.getByRole("row").nth(1);
  await expect(first).toContainText("benchmark-grpo");
  await expect(grid.getByRole("columnheader", { name: /pass@1/u })).toHaveAttribute(
    "aria-sort",
    "descending",
  );
  await goTo("/runs?text=grpo+ladder");
  await grid.focus();
  await page.keyboard.press("j");
  await expect(grid.getByRole("row", { selected: true })).toContainText("grpo");
  await page.keyboard.press(" ");
  await expect(page.getByText("1 row picked")).toBeVisible();
  await page.keyboard.press("a");
  await expect(page).toHaveURL(/p61-grpo/u);
  await page.keyboard.press("o");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overlay");
  const runs = page.getByRole("grid", { name: "Runs in the overlay" });
  await expect(runs.getByRole("row")).toHaveCount(3);
  await expect(page.getByRole("figure", { name: "Reward" }).locator("path.line")).toHaveCount(2);
  // Both are of one recipe: their mean, with its interval over seeds.
  await page.keyboard.press("b");
  await expect(page).toHaveURL(/seeds=together/u);
  await expect(runs.getByRole("row")).toHaveCount(2);
  await expect(runs.getByRole("row").nth(1)).toContainText("2 seeds of");
  await expect(page.getByRole("figure", { name: "Reward" }).locator("path.line")).toHaveCount(1);
  await page.keyboard.press("b");
  await expect(runs.getByRole("row")).toHaveCount(3);
  await page.getByRole("combobox", { name: "Metric" }).selectOption("entropy");
  const drawn = page.getByRole("figure", { name: "Entropy" });
  await expect(drawn).toBeVisible();
  // 50 s of 40 steps, 9,000 tokens each: by keys along time, along tokens, and back; the address keeps it.
  const words = drawn.getByRole("img").first();
  await expect(words).toHaveAttribute("aria-label", /at step 40,/u);
  await page.keyboard.press("x");
  await expect(page).toHaveURL(/x=time/u);
  await expect(words).toHaveAttribute("aria-label", /at seconds 50,/u);
  await page.reload();
  await expect(page.getByRole("combobox", { name: "X axis" })).toHaveValue("time");
  await expect(drawn.getByText(/^seconds \d+$/u)).toBeVisible();
  await page.keyboard.press("x");
  await expect(words).toHaveAttribute("aria-label", /at tokens 360000,/u);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the chart" }).click();
  await page.getByRole("menuitem", { name: "Drawn points as CSV" }).click();
  expect(await textOf(await saved)).toMatch(/^tokens,p6\d-grpo,p6\d-grpo\n9000,/u);
  await page.keyboard.press("x");
  await expect(page).not.toHaveURL(/x=/u);
  await runs.getByRole("button", { name: /Leave p62-grpo out/u }).click();
  await expect(runs.getByRole("row")).toHaveCount(2);
  expect(complaints).toEqual([]);
});

test("picked pipelines are deleted after a question that names them", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/runs?stages=hidden&picked=p1,p2");
  await page.keyboard.press("Delete");
  const dialog = page.getByRole("dialog", { name: "Delete 2 pipelines?" });
  await expect(dialog.getByRole("button", { name: "Keep them" })).toBeFocused();
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("60 pipelines of 60")).toBeVisible();
});

test("a branch from a checkpoint asks first, and says what is missing", async ({ browser }) => {
  const { page, goTo } = await openWindow(browser, host);
  await goTo("/run/p61-grpo");
  await page.keyboard.press("w");
  const dialog = page.getByRole("dialog", { name: "Branch from step 40" });
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await dialog.getByRole("button", { name: "Make the recipe" }).click();
  // The seeded checkpoint has no files.
  await expect(dialog.getByRole("alert")).toBeVisible();
});

test("a completion with markup, turned text, terminal codes and a megabyte in one line is shown inert, and at once", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/run/p62-grpo?step=21");
  const text = page.getByRole("group", { name: "Text of the completion" });
  await expect(text).toContainText("<img src=x onerror");
  await expect(text).toContainText("\u27E8U+202E\u27E9dlrow\u241B[31mred");
  await expect(text.getByRole("button", { name: /more characters/u })).toBeVisible();
  expect((await text.innerText()).length).toBeLessThan(30_000);
  await page.keyboard.press("b");
  await expect(page.getByRole("article")).toHaveCount(1);
  // Chosen, so it was read whole: 20,000 of its characters are drawn.
  await expect(
    page.getByRole("article").getByRole("button", { name: /9\d\d,\d{3} more characters/u }),
  ).toBeVisible();
  await goTo("/run/p62-grpo?tab=search&min-reward=7");
  await expect(page.getByText("1 completion", { exact: true })).toBeVisible();
  await expect(text).toContainText("<img src=x onerror");
  await expect(text.getByRole("button", { name: /9\d\d,\d{3} more characters/u })).toBeVisible();
  await expect(page.locator("img, script[src=x]")).toHaveCount(0);
  expect(await page.evaluate("window.hacked")).toBeUndefined();
  expect(complaints).toEqual([]);
});
