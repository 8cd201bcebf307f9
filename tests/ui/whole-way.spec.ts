/**
 * A researcher's whole way in one piece, through the window, the host, the store and the engine: records come in, are
 * cleaned, judged and published; a recipe learns from that version; GRPO is watched; its benchmark is compared with the
 * base's and a published row, and the report is taken away.
 */
import { taskProblemOf } from "#main/core/problems/problem.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import { drawProblems } from "#main/core/problems/draw-problems.ts";
import { arithmetic } from "#main/core/problems/tasks/arithmetic.ts";
import { fileHost } from "./file-host.ts";
import { formatSolution } from "#main/core/problems/task.ts";
import { beginSmokeByKeyboard, startByKeyboard } from "./recipe-page.ts";
import { openAlone, openWindow } from "./window-page.ts";

const MINUTE = 60_000;
const RECORDS = 1000;
const WRONG_EVERY = 10;
const ACCEPTED = 40;
const UNDONE = 10;
/** As the window writes numbers. */
const said = (count: number): string => count.toLocaleString("en-US");

const host = fileHost();
const files = mkdtempSync(join(tmpdir(), "gradus-whole-way-"));

test.afterAll(() => {
  rmSync(files, { recursive: true, force: true });
});

/** Worked sums in the form that the recipe trains; every tenth has a wrong answer. */
function workedSums(): string {
  const source = { task: "arithmetic" as const, difficulties: [2, 3] };
  const lines = drawProblems({ source, split: "train", seed: 5, count: RECORDS }).map(
    (problem, i) => {
      const { think, answer } = arithmetic.solve(taskProblemOf(problem));
      const given = i % WRONG_EVERY === 3 ? String(Number(answer) + 1) : answer;
      return JSON.stringify({
        prompt: problem.prompt,
        completion: formatSolution({ think, answer: given }),
        answer: problem.gold,
      });
    },
  );
  return `${lines.join("\n")}\n`;
}

async function curate(page: Page, goTo: (address: string) => Promise<void>): Promise<void> {
  const path = join(files, "worked.jsonl");
  writeFileSync(path, workedSums());
  await goTo("/datasets");
  await page.keyboard.press("i");
  await page.getByRole("textbox", { name: "Path on the host's machine" }).focus();
  await page.keyboard.type(path);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: "Right answer" })).toHaveValue("answer");
  await page.getByRole("button", { name: "Import", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("worked");
  await page.keyboard.press("v");
  const queues = page.getByRole("group", { name: "Queues" });
  await expect(queues).toContainText(`pending ${said(RECORDS)}`);

  const line = async (text: string): Promise<void> => {
    await page.keyboard.press("/");
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.type(text);
    await page.keyboard.press("Enter");
  };
  const change = async (status: string, expected: string): Promise<void> => {
    await page.keyboard.press("b");
    const dialog = page.getByRole("dialog", { name: "Change many records" });
    await dialog.getByRole("combobox", { name: "Status" }).selectOption(status);
    await expect(dialog.getByRole("status")).toContainText(expected);
    await dialog.getByRole("button", { name: "Change", exact: true }).focus();
    await page.keyboard.press("Enter");
    await expect(dialog).toHaveCount(0);
  };
  const wrong = RECORDS / WRONG_EVERY;
  await line("verdict:wrong");
  await expect(queues).toContainText(`pending ${String(wrong)}`);
  await change("rejected", `${String(wrong)} records of ${String(wrong)} would change.`);
  await line("");
  await expect(queues).toContainText(`pending ${said(RECORDS - wrong)}`);
  for (let i = 0; i < ACCEPTED + UNDONE; i++) await page.keyboard.press(i < ACCEPTED ? "a" : "r");
  await expect(queues).toContainText(`rejected ${said(wrong + UNDONE)}`);
  for (let i = 1; i <= UNDONE; i++) {
    await page.keyboard.press("Control+z");
    await expect(queues).toContainText(`rejected ${said(wrong + UNDONE - i)}`);
  }
  await expect(queues).toContainText(`accepted ${said(ACCEPTED)}`);
  await change("accepted", "would change");
  await expect(queues).toContainText(`accepted ${said(RECORDS - wrong)}`);

  await goTo("/datasets");
  await page.keyboard.press("Enter");
  await page.keyboard.press("p");
  const publish = page.getByRole("dialog", { name: "Publish a version" });
  const kept = `${said(RECORDS - wrong)} records`;
  await expect(publish.getByRole("heading", { name: kept })).toBeVisible();
  await publish.getByRole("button", { name: "Publish", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Versions" })).toContainText(kept);
}

/** The short demo with the published version as its cold start's data; gives the pipeline's id. */
async function launch(page: Page): Promise<string> {
  await beginSmokeByKeyboard(page);
  await page.keyboard.press("Alt+ArrowRight");
  await page.keyboard.press("Alt+ArrowRight");
  await expect(page).toHaveURL(/step=data/u);
  const examples = page.getByRole("radiogroup", { name: "Examples of cold-start" });
  await examples.getByRole("radio", { name: "dataset" }).focus();
  await page.keyboard.press("Space");
  const version = page.getByRole("combobox", { name: "dataset", exact: true });
  await version.focus();
  await page.keyboard.type("d1@1");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Recipe as YAML" })).toContainText(
    "dataset: d1@1",
  );
  return startByKeyboard(page);
}

test("from a file of records to a report of what GRPO made of them", async ({ browser }) => {
  test.setTimeout(8 * MINUTE);
  const { page, complaints, goTo } = await openWindow(browser, host);
  const failed: string[] = [];
  page.on("requestfailed", (request) => failed.push(request.url()));
  await curate(page, goTo);
  const pipeline = await launch(page);

  // Held at a step, and let go on.
  await goTo(`/run/${pipeline}-cold-start`);
  await expect(page.getByRole("figure", { name: "Loss", exact: true })).toBeVisible({
    timeout: 2 * MINUTE,
  });
  await page.keyboard.press("p");
  await expect(page.locator(".progressbox")).toContainText("paused");
  await page.getByRole("button", { name: /^Continue/u }).click();
  await expect(page.locator(".progressbox").getByText("paused")).toHaveCount(0);

  // Watched while it runs: a chart has points, a completion opens.
  await goTo(`/run/${pipeline}-grpo`);
  const completion = page.getByRole("group", { name: "Text of the completion" });
  await expect(completion).not.toBeEmpty({ timeout: 4 * MINUTE });
  await expect(page.getByRole("figure", { name: "Loss", exact: true })).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByText("Completion 2", { exact: true })).toBeVisible();

  await goTo(`/pipeline/${pipeline}`);
  await expect(page.locator(".screenhead")).toContainText("finished", { timeout: 4 * MINUTE });
  // From the version to what was trained on it.
  await goTo("/datasets");
  await page.keyboard.press("Enter");
  await expect(
    page.getByRole("region", { name: "Versions" }).getByRole("link", { name: "cold-start" }),
  ).toBeVisible();

  await goTo(`/compare?runs=${pipeline}-benchmark-base,${pipeline}-benchmark-grpo`);
  await page.keyboard.press("a");
  const dialog = page.getByRole("dialog", { name: "Add to the comparison" });
  await dialog.getByRole("textbox", { name: "Find" }).fill("DeepSeek-R1 MATH-500");
  await dialog.getByRole("checkbox").first().check();
  await page.keyboard.press("Escape");
  const table = page.getByRole("group", { name: "Compared benchmarks" });
  await expect(table.getByText("other problems: MATH-500")).toBeVisible();
  const download = page.waitForEvent("download");
  await page.keyboard.press("x");
  const report = await readFile(await (await download).path(), "utf8");
  const alone = await openAlone(page, report);
  await expect(alone.getByRole("heading", { name: "Verdicts" })).toBeVisible();
  await expect(alone.getByText("MATH-500").first()).toBeVisible();
  expect(complaints).toEqual([]);
  expect(failed).toEqual([]);
});
