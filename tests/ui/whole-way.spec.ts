/**
 * A researcher's whole way with problems of their own, through the window, the host, the store and the real engine: 2,000
 * word problems come in and are measured; a teacher writes cold starts, of which ten are reviewed; a recipe learns from
 * them, then by GRPO with a reward of one's own, and is measured on the held-out side and on a second set; the benchmarks
 * are compared, and the model leaves as a GGUF file.
 */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import { connectTo } from "../helpers/host-client.ts";
import { wordProblemTeacher } from "../helpers/word-problem-teacher.ts";
import { wordProblems } from "../helpers/word-problems.ts";
import type { WordProblem } from "../helpers/word-problems.ts";
import { fileHost } from "./file-host.ts";
import { recipeSaved, startByKeyboard } from "./recipe-page.ts";
import { openAlone, openWindow } from "./window-page.ts";
import type { OpenedWindow } from "./window-page.ts";

const MINUTE = 60_000;
const PROBLEMS = 2000;
const REVIEWED = 10;
/** Measured, and then learnt from. */
const MEASURED = "id:1,2,3,4,5,6,7,8,9,10,11,12";

const host = fileHost();

const SAMPLING = "max_completion_length: 48";
const BENCHMARK = `num_problems: 12, num_samples: 2, ${SAMPLING}`;
const RECIPE = `name: Word problems
seed: 5
models: { base: gradus-base }
stages:
  - { name: before, kind: benchmark, model: base, data: { problems: words, split: test }, ${BENCHMARK} }
  - { name: cold-start, kind: sft, model: base, data: { dataset: d1@1 }, max_length: 192, num_train_epochs: 2 }
  - name: grpo
    kind: grpo
    model: cold-start
    data: { problems: words, where: "pass_rate:0..0.9" }
    rewards:
      - { name: answer, weight: 1 }
      - { name: format, weight: 0.1 }
    num_generations: 8
    generation_batch_size: 16
    per_device_train_batch_size: 8
    gradient_accumulation_steps: 2
    max_steps: 2
    ${SAMPLING}
  - { name: held-out, kind: benchmark, model: grpo, data: { problems: words, split: test }, ${BENCHMARK} }
  - { name: second, kind: benchmark, model: grpo, data: { problems: others, split: train }, ${BENCHMARK} }
`;

async function importSet(
  { page, goTo }: OpenedWindow,
  name: string,
  problems: readonly WordProblem[],
  heldOut: string,
): Promise<void> {
  await goTo("/problems");
  await page.keyboard.press("i");
  await page.getByLabel("File to import").setInputFiles({
    name: `${name}.jsonl`,
    mimeType: "application/jsonl",
    buffer: Buffer.from(problems.map((one) => `${JSON.stringify(one)}\n`).join("")),
  });
  await expect(page.getByRole("combobox", { name: "Prompt", exact: true })).toHaveValue(
    "question",
    { timeout: MINUTE },
  );
  await page.getByRole("combobox", { name: "Held out for tests" }).selectOption(heldOut);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name, { timeout: MINUTE });
}

/** Twelve of the problems by the base model; the set then shows its pass rates. */
async function measure({ page, goTo }: OpenedWindow): Promise<void> {
  await expect(
    page.getByRole("grid", { name: "Problems" }).getByText("apples").first(),
  ).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type(MEASURED);
  await expect(page.getByText("12 of 2,000 problems")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("m");
  const dialog = page.getByRole("dialog", { name: "Measure words" });
  await dialog.getByRole("textbox", { name: "Samples a problem" }).fill("2");
  await dialog.getByRole("textbox", { name: "Tokens at most" }).fill("32");
  await page.keyboard.press("Enter");
  await expect(page.locator(".screenhead")).toContainText("finished", { timeout: 2 * MINUTE });
  await goTo("/problems/words?side=set");
  await expect(page.getByRole("region", { name: "Pass rates" })).toContainText("gradus-base");
}

/** Cold starts for the training side; ten are accepted one by one, and these are published. */
async function coldStarts({ page, goTo }: OpenedWindow): Promise<void> {
  await goTo("/datasets");
  await page.keyboard.press("w");
  const dialog = page.getByRole("dialog", { name: "Generate with a teacher" });
  await dialog.getByRole("textbox", { name: "Name of the new dataset" }).fill("cold");
  await dialog.getByRole("combobox", { name: "Teacher" }).selectOption({ label: "words, teacher" });
  await dialog.getByRole("combobox", { name: "Prompts" }).selectOption("set");
  await dialog.getByRole("combobox", { name: /^Problem set/u }).selectOption("words");
  await dialog.getByRole("textbox", { name: "Problems" }).fill("16");
  await dialog.getByRole("textbox", { name: "Samples a prompt" }).fill("1");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText(/16 accepted samples/u).first()).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press("v");
  const queues = page.getByRole("group", { name: "Queues" });
  await expect(queues).toContainText("pending 16");
  for (let i = 0; i < REVIEWED; i++) await page.keyboard.press("a");
  await expect(queues).toContainText(`accepted ${String(REVIEWED)}`);
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await goTo("/dataset/d1");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("cold");
  await page.keyboard.press("p");
  const publish = page.getByRole("dialog", { name: "Publish a version" });
  await publish.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.getByRole("region", { name: "Versions" })).toContainText("10 records");
}

/** The recipe as text over one that "Train on these" began, its prompts looked at, a reward of one's own added; gives the pipeline. */
async function launch({ page, goTo }: OpenedWindow): Promise<string> {
  await goTo("/problems/words");
  await page.keyboard.press("n");
  await expect(page).toHaveURL(/recipe\/.*step=data/u);
  const address = new URL(page.url()).hash.split("?")[0]?.slice(1) ?? "";
  const yaml = page.getByRole("textbox", { name: "Recipe as YAML" });
  await yaml.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(RECIPE);
  await recipeSaved(page);
  const prompt = page
    .getByRole("group", { name: "grpo" })
    .or(page.getByRole("region", { name: "grpo" }));
  await expect(prompt.getByLabel("Prompt 1 of grpo")).toContainText("<|assistant|>");
  await goTo(`${address}?step=rewards`);
  await page.getByRole("textbox", { name: "Name of the new reward file" }).fill("short");
  await page.getByRole("button", { name: "Write it", exact: true }).click();
  await expect(page.getByText(/Gives numbers on three/u)).toBeVisible({ timeout: MINUTE });
  await recipeSaved(page);
  await expect(yaml).toContainText("file: rewards/short.py");
  await page.getByRole("heading", { level: 1 }).click();
  return startByKeyboard(page);
}

async function watch({ page, goTo }: OpenedWindow, pipeline: string): Promise<void> {
  // Held at a step, and let go on.
  await goTo(`/run/${pipeline}-cold-start`);
  await expect(page.getByRole("figure", { name: "Loss", exact: true })).toBeVisible({
    timeout: 2 * MINUTE,
  });
  // Watched while it runs: a completion opens, with what the reward of one's own gave it.
  await goTo(`/run/${pipeline}-grpo`);
  const completion = page.getByRole("group", { name: "Text of the completion" });
  await expect(completion).not.toBeEmpty({ timeout: 4 * MINUTE });
  await expect(page.getByText("short", { exact: true }).first()).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByText("Completion 2", { exact: true })).toBeVisible();
  await goTo(`/pipeline/${pipeline}`);
  await expect(page.locator(".screenhead")).toContainText("finished", { timeout: 4 * MINUTE });
}

/** The comparison with a published row beside it, and its report. */
async function compare({ page, goTo }: OpenedWindow, pipeline: string): Promise<void> {
  await goTo(`/compare?runs=${pipeline}-before,${pipeline}-held-out,${pipeline}-second`);
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
}

async function exportGguf(page: Page, file: string): Promise<void> {
  await page.getByRole("row").filter({ hasText: "grpo" }).first().click();
  await page.keyboard.press("x");
  const dialog = page.getByRole("dialog", { name: /^Export /u });
  await dialog.getByRole("radio", { name: "GGUF Q8_0" }).click();
  await dialog.getByRole("textbox", { name: "New file" }).fill(file);
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("status")).toContainText("word-problems.gguf");
  expect(readFileSync(file).subarray(0, 4).toString()).toBe("GGUF");
}

test("from a file of word problems to a model that leaves as GGUF", async ({ browser }) => {
  test.setTimeout(8 * MINUTE);
  const opened = await openWindow(browser, host);
  const { page, complaints, goTo } = opened;
  page.setDefaultTimeout(MINUTE);
  const failed: string[] = [];
  page.on("requestfailed", (request) => failed.push(request.url()));
  const problems = wordProblems(PROBLEMS);
  const teacher = await wordProblemTeacher(problems);
  const { call, close } = await connectTo(host.url);
  await call.endpoints.save({
    fields: { name: "words", model: "teacher", baseUrl: teacher.baseUrl },
  });
  close();
  await importSet(opened, "words", problems, "share");
  await measure(opened);
  await importSet(opened, "others", wordProblems(60, 9), "nothing");
  await coldStarts(opened);
  teacher.close();
  const pipeline = await launch(opened);
  await watch(opened, pipeline);
  await compare(opened, pipeline);
  await goTo("/models");
  await exportGguf(page, join(host.folder, "word-problems.gguf"));
  expect(complaints).toEqual([]);
  expect(failed).toEqual([]);
});
