/** Datasets in the window: what an import refuses and why, an upload from the browser, export, names, deletion and its undo, two versions compared. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { connectTo, importDataset } from "../helpers/host-client.ts";
import { fileHost } from "./file-host.ts";
import { accessibilityFaults, openWindow } from "./window-page.ts";

const host = fileHost();
const files = mkdtempSync(join(tmpdir(), "gradus-datasets-"));

const rows = (count: number): string =>
  Array.from(
    { length: count },
    (_, i) =>
      `${JSON.stringify({ question: `What is ${String(i)} plus 7?`, why: "I add.", reply: String(i + 7) })}\n`,
  ).join("");

test.afterAll(() => {
  rmSync(files, { recursive: true, force: true });
});

test("a file from the browser is sent, mapped with a preview, refused for its bad lines, and imported without them", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/datasets");
  await expect(page.getByText("No datasets yet.")).toBeVisible();
  await page.keyboard.press("i");
  await page.getByLabel("File to import").setInputFiles({
    name: "talk.jsonl",
    mimeType: "application/x-ndjson",
    buffer: Buffer.from(`${rows(3)}not json\n${rows(2)}`),
  });
  const preview = page.getByRole("region", { name: "Preview" });
  await expect(preview.getByRole("list", { name: "Bad lines" })).toContainText("4");
  // The mapping is changed by hand, and the preview follows.
  await page.getByRole("combobox", { name: "Shape" }).selectOption("prompt-completion");
  await page.getByRole("combobox", { name: "Prompt", exact: true }).selectOption("question");
  await page.getByRole("combobox", { name: "Completion" }).selectOption("reply");
  await page.getByRole("combobox", { name: /^Reasoning/u }).selectOption("why");
  await expect(preview.getByText("What is 0 plus 7?").first()).toBeVisible();
  await expect(preview.getByText("I add.").first()).toBeVisible();
  const button = page.getByRole("button", { name: "Import", exact: true });
  await button.click();
  const work = page.getByRole("list", { name: "Work on datasets" });
  await expect(work).toContainText("failed.");
  await expect(work).toContainText("Nothing was imported");
  await work.getByText("1 bad line").click();
  await expect(work.getByRole("list", { name: "Bad lines" })).toContainText("4");
  const client = await connectTo(host.url);
  expect(await client.call.datasets.list()).toEqual([]);
  await page.getByRole("checkbox", { name: /Leave bad lines out/u }).check();
  await button.click();
  const outcome = page.getByRole("region", { name: "What came of the import" });
  await expect(outcome).toContainText("5 records of talk.jsonl are in. 1 line could not come in");
  const [made] = await client.call.datasets.list();
  client.close();
  expect(made).toMatchObject({ name: "talk", records: 5 });
  expect(complaints).toEqual([]);
});

test("columns of any name are mapped by hand, and what is not trained on is said before the import", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/datasets");
  await page.keyboard.press("i");
  await page.getByLabel("File to import").setInputFiles({
    name: "frage.jsonl",
    mimeType: "application/x-ndjson",
    buffer: Buffer.from(
      '{"frage": "Was ist 0 plus 2?", "loesung": "0 + 2 = 2", "gold": "2", "autor": "ab"}\n',
    ),
  });
  const button = page.getByRole("button", { name: "Import", exact: true });
  await expect(page.getByText("The names of the columns do not say what they hold.")).toBeVisible();
  await expect(button).toBeDisabled();
  const prompt = page.getByRole("combobox", { name: "Prompt", exact: true });
  await expect(prompt.getByRole("option", { name: "frage: Was ist 0 plus 2?" })).toHaveCount(1);
  await prompt.selectOption("frage");
  await page.getByRole("combobox", { name: "Completion" }).selectOption("loesung");
  await page.getByRole("combobox", { name: "Right answer" }).selectOption("gold");
  const preview = page.getByRole("region", { name: "Preview" });
  await expect(preview.getByText("0 + 2 = 2")).toBeVisible();
  await expect(preview.getByRole("note")).toHaveText(
    "Kept with the records and not trained on: autor",
  );
  await button.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("frage");
  const client = await connectTo(host.url);
  const made = (await client.call.datasets.list()).find(({ name }) => name === "frage");
  if (made === undefined) throw new Error("no dataset");
  const statistics = await client.call.datasets.statistics({ datasetId: made.id });
  expect(statistics.verdict.correct).toBe(1);
  await client.call.datasets.delete({ datasetId: made.id });
  client.close();
  expect(complaints).toEqual([]);
});

test("a dataset is renamed, exported, deleted and brought back by undo", async ({ browser }) => {
  const path = join(files, "words.jsonl");
  writeFileSync(path, `${JSON.stringify({ prompt: "=1+1", completion: "two" })}\n`);
  const client = await connectTo(host.url);
  const { datasetId } = await importDataset(client, "words", path);
  client.close();
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo(`/dataset/${datasetId}`);
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toHaveText("words");
  await page.keyboard.press("n");
  await page.getByRole("textbox", { name: "Name" }).fill("talk");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("alert")).toContainText("talk");
  await page.getByRole("textbox", { name: "Name" }).fill("plain words");
  await page.keyboard.press("Enter");
  await expect(heading).toHaveText("plain words");

  await page.keyboard.press("x");
  await dialog.getByRole("combobox", { name: "Records" }).selectOption("whole");
  await dialog.getByRole("combobox", { name: "Format" }).selectOption("csv");
  await dialog.getByRole("combobox", { name: "Shape" }).selectOption("prompt-completion");
  const out = join(files, "out.csv");
  await dialog.getByRole("textbox", { name: "File on the host's machine" }).fill(out);
  await dialog.getByRole("button", { name: "Export", exact: true }).click();
  await expect(dialog.getByRole("status")).toContainText("1 record");
  expect(existsSync(out)).toBe(true);
  // A spreadsheet must not compute it.
  expect(readFileSync(out, "utf8")).toContain("'=1+1");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Delete" }).click();
  await expect(heading).toHaveText("Datasets");
  const grid = page.getByRole("grid", { name: "Datasets" });
  await expect(grid.getByText("plain words")).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect(grid.getByText("plain words")).toBeVisible();
  await expect(page.getByRole("list", { name: "News" })).toContainText("Undone: delete dataset");
  await page.keyboard.press("Control+Shift+z");
  await expect(grid.getByText("plain words")).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect(grid.getByText("plain words")).toBeVisible();
  expect(complaints).toEqual([]);
});

test("two versions are compared record by record: what came and what was edited, word by word", async ({
  browser,
}) => {
  const path = join(files, "versions.jsonl");
  writeFileSync(
    path,
    Array.from(
      { length: 4 },
      (_, i) =>
        `${JSON.stringify({ prompt: `Say ${String(i)}.`, completion: `<think>I say it.</think>number ${String(i)}` })}\n`,
    ).join(""),
  );
  const client = await connectTo(host.url);
  const { datasetId } = await importDataset(client, "versions", path);
  const { records, versions } = client.call.datasets;
  const ids = await records.ids({ datasetId, filter: [] });
  const [first, second, third] = ids;
  if (first === undefined || second === undefined || third === undefined)
    throw new Error("records are missing");
  await records.setStatus({ datasetId, target: { ids: [first, second] }, status: "accepted" });
  await versions.publish({ datasetId, note: "the first two" });
  const { messages } = await records.get({ recordId: first });
  await records.setText({
    recordId: first,
    fromRevision: 0,
    messages: messages.map((one) =>
      one.role === "assistant" ? { ...one, content: "figure 0" } : one,
    ),
  });
  await records.setStatus({ datasetId, target: { ids: [third] }, status: "accepted" });
  await versions.publish({ datasetId, note: "" });
  client.close();

  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo(`/dataset/${datasetId}`);
  const list = page.getByRole("region", { name: "Versions" });
  await expect(list).toContainText("the first two");
  await list.getByRole("button", { name: `Compare with ${datasetId}@1` }).click();
  await expect(page).toHaveURL(/compare=/u);
  const comparison = page.getByRole("region", { name: "Comparison of versions" });
  await expect(comparison).toContainText("1 came, 0 went, 1 edited, 1 the same");
  await expect(comparison.locator("del").filter({ hasText: "number" })).toBeVisible();
  await expect(comparison.locator("ins").filter({ hasText: "figure" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("region", { name: "What it holds" })).toBeVisible();
  expect(complaints).toEqual([]);
});

for (const colorScheme of ["dark", "light"] as const) {
  test(`the list, a dataset, import and the dialogs are free of accessibility faults in ${colorScheme}`, async ({
    browser,
  }) => {
    const client = await connectTo(host.url);
    const path = join(files, `axe-${colorScheme}.jsonl`);
    writeFileSync(path, `${JSON.stringify({ prompt: "a", completion: "<think>b</think>c" })}\n`);
    const { datasetId } = await importDataset(client, `axe ${colorScheme}`, path);
    await client.call.datasets.versions.publish({ datasetId, filter: [] });
    client.close();
    const { page, complaints, goTo } = await openWindow(browser, host, { colorScheme });
    const faults = (): Promise<readonly string[]> => accessibilityFaults(page, colorScheme);
    await goTo("/datasets");
    await expect(page.getByRole("grid", { name: "Datasets" })).toBeVisible();
    expect.soft(await faults(), "list").toEqual([]);
    await goTo(`/dataset/${datasetId}`);
    await expect(page.getByRole("region", { name: "Versions" })).toContainText("@1");
    expect.soft(await faults(), "dataset").toEqual([]);
    for (const [key, name] of [
      ["p", "Publish a version"],
      ["x", `Export axe ${colorScheme}`],
      ["w", "Generate with a teacher"],
    ] as const) {
      await page.keyboard.press(key);
      await expect(page.getByRole("dialog", { name })).toBeVisible();
      expect.soft(await faults(), name).toEqual([]);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
    await goTo("/datasets/import");
    await page.getByRole("textbox", { name: "Path on the host's machine" }).fill(path);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("combobox", { name: "Shape" })).toBeVisible();
    expect.soft(await faults(), "import").toEqual([]);
    expect(complaints).toEqual([]);
  });
}

test("an empty home leads to data and recipes in the window, and a sent file in Latin-1 is told by its own name", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/");
  await expect(page.getByText("Nothing was started yet.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Write a recipe" })).toHaveAttribute(
    "href",
    /recipes/u,
  );
  expect.soft(await accessibilityFaults(page, "dark"), "home").toEqual([]);
  await page.getByRole("link", { name: "Import data" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("File to import").setInputFiles({
    name: "straße.jsonl",
    mimeType: "application/x-ndjson",
    buffer: Buffer.from(
      `{"frage": "Wie heißt das Mädchen?", "loesung": "Zoë"}\n`.repeat(3),
      "latin1",
    ),
  });
  const main = page.getByRole("main");
  await expect(main.getByText(/Latin-1/u).first()).toBeVisible();
  await expect(main.getByText(/straße\.jsonl/u).first()).toBeVisible();
  await page.getByLabel("File to import").setInputFiles({
    name: "fragen.jsonl",
    mimeType: "application/x-ndjson",
    buffer: Buffer.from(
      `{"frage": "Was ist 0 plus 2?", "loesung": "0 + 2 = 2", "gold": "2"}\n`.repeat(2),
    ),
  });
  await page.getByRole("combobox", { name: "Prompt", exact: true }).selectOption("frage");
  await page.getByRole("combobox", { name: "Completion" }).selectOption("loesung");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("fragen");
  await page.keyboard.press("v");
  await expect(page.getByRole("region", { name: "Where it came from" })).toContainText(
    "fragen.jsonl, line 1",
  );
  expect(complaints).toEqual([]);
});

test("the tour with a sample walks through records and a pipeline of its own, and one action deletes both", async ({
  browser,
}) => {
  const client = await connectTo(host.url);
  const before = await client.call.datasets.list();
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo("/");
  await page.getByRole("button", { name: "Tour with a sample" }).focus();
  await page.keyboard.press("Enter");
  const tour = page.getByRole("region", { name: "Tour" });
  await expect(tour).toContainText("1 of 8");
  await expect(tour.getByRole("button", { name: "Next" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Sample of the tour").first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Record 1" })).toBeVisible();
  await expect(page.getByRole("grid", { name: "Records" })).toHaveAttribute("aria-rowcount", "4");
  expect.soft(await accessibilityFaults(page, "dark"), "tour").toEqual([]);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/pipeline\//u);
  await tour.getByRole("button", { name: "Leave" }).click();
  await goTo("/");
  await page.getByRole("button", { name: "Delete the sample" }).click();
  await page.getByRole("button", { name: "Delete both" }).click();
  await expect(page.getByText(/sample is here/u)).toHaveCount(0, { timeout: 60_000 });
  expect(await client.call.datasets.list()).toEqual(before);
  expect((await client.call.pipelines.list({})).total).toBe(0);
  // It was asked before: nothing of it comes back by halves.
  expect((await client.call.edits.state({})).undo?.label ?? "").not.toContain("Sample of the tour");
  client.close();
  expect(complaints).toEqual([]);
});
