/**
 * The whole way of a dataset through the window, by keyboard, with the real host: import 1,000 records, clean, review 50,
 * undo ten, publish; what is typed or decided outlives a reload, a lost line and a host that is killed; hostile text
 * stays text.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { connectTo, importDataset } from "../helpers/host-client.ts";
import { fileHost } from "./file-host.ts";
import { accessibilityFaults, cutOff, openWindow } from "./window-page.ts";

const host = fileHost();
const files = mkdtempSync(join(tmpdir(), "gradus-curation-"));

/** Sums with reasoning; every tenth answer is wrong, every hundredth record is a copy of the one before. */
function sums(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const n = i % 100 === 99 ? i - 1 : i;
    const right = n + 7;
    const said = n % 10 === 3 ? right + 1 : right;
    return JSON.stringify({
      prompt: `What is ${String(n)} plus 7? Record tag${String(n)}.`,
      completion: `<think>\nI add 7 to ${String(n)}.\n\nThat gives \\(${String(n)} + 7 = ${String(said)}\\).\n</think>\n<answer>${String(said)}</answer>`,
      answer: String(right),
    });
  });
  return `${lines.join("\n")}\n`;
}

test.afterAll(() => {
  rmSync(files, { recursive: true, force: true });
});

async function importFile(name: string, text: string): Promise<DatasetId> {
  const path = join(files, `${name}.jsonl`);
  writeFileSync(path, text);
  const client = await connectTo(host.url);
  const { datasetId } = await importDataset(client, name, path);
  client.close();
  return datasetId;
}

const recordHeading = (page: Page) =>
  page.getByRole("region", { name: "Record", exact: true }).getByRole("heading", { level: 2 });
const queues = (page: Page) => page.getByRole("group", { name: "Queues" });

test("1,000 records are imported, cleaned, 50 reviewed by keyboard alone, ten undone, and published", async ({
  browser,
}) => {
  const { page, complaints, goTo } = await openWindow(browser, host);
  const path = join(files, "sums.jsonl");
  writeFileSync(path, sums(1000));
  // Import: by path, all by keyboard.
  await goTo("/datasets");
  await page.keyboard.press("i");
  await page.getByRole("textbox", { name: "Path on the host's machine" }).focus();
  await page.keyboard.type(path);
  await page.keyboard.press("Enter");
  await expect(page.getByText("What is 0 plus 7?")).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Right answer" })).toHaveValue("answer");
  await page.getByRole("button", { name: "Import", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("sums");
  await page.keyboard.press("v");
  await expect(recordHeading(page)).toHaveText("Record 1");
  await expect(queues(page)).toContainText("pending 1,000");

  // Clean: all that are wrong, far more than the rows in view, in one change.
  await page.keyboard.press("/");
  await page.keyboard.type("verdict:wrong");
  await page.keyboard.press("Enter");
  await expect(queues(page)).toContainText("pending 100");
  await page.keyboard.press("b");
  const dialog = page.getByRole("dialog", { name: "Change many records" });
  await dialog.getByRole("combobox", { name: "Status" }).selectOption("rejected");
  await expect(dialog.getByRole("status")).toContainText("100 records of 100 would change.");
  await dialog.getByRole("button", { name: "Change", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(queues(page)).toContainText("rejected 100");
  await page.keyboard.press("/");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Enter");
  await expect(queues(page)).toContainText("pending 900");
  await expect(page.getByRole("grid", { name: "Records" })).toHaveAttribute("aria-rowcount", "900");

  // Review: 40 accepted, 5 rejected, 5 flagged.
  for (let i = 0; i < 50; i++) await page.keyboard.press(i < 40 ? "a" : i < 45 ? "r" : "f");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await expect(queues(page)).toContainText("accepted 40");
  await expect(queues(page)).toContainText("flagged 5");
  // Decided records keep their place: the way back leads to the last one.
  await page.keyboard.press("k");
  await expect(page.getByRole("region", { name: "Record", exact: true })).toContainText("flagged");

  // Undo ten: five flags, five rejections.
  for (let i = 0; i < 10; i++) {
    await page.keyboard.press("Control+z");
    await expect(queues(page)).toContainText(i < 5 ? `flagged ${String(4 - i)}` : "flagged 0");
    if (i >= 5) await expect(queues(page)).toContainText(`rejected ${String(109 - i)}`);
  }
  await expect(page.getByRole("list", { name: "News" })).toContainText("Undone: reject record");
  await expect(queues(page)).toContainText("rejected 100");
  await expect(queues(page)).toContainText("accepted 40");

  // Publish.
  await goTo("/datasets");
  await page.keyboard.press("Enter");
  await page.keyboard.press("p");
  const publish = page.getByRole("dialog", { name: "Publish a version" });
  await expect(publish.getByRole("heading", { name: "40 records" })).toBeVisible();
  await publish.getByRole("button", { name: "Publish", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Versions" })).toContainText("40 records");
  expect(complaints).toEqual([]);
});

test("the record, the queue and the scroll position outlive a reload and a way to another screen", async ({
  browser,
}) => {
  const datasetId = await importFile("places", sums(400));
  const { page, goTo } = await openWindow(browser, host);
  await goTo(`/curation?dataset=${datasetId}`);
  const grid = page.getByRole("grid", { name: "Records" });
  await expect(recordHeading(page)).toHaveText("Record 1");
  await page.keyboard.press("#");
  await page.getByRole("textbox", { name: "Record number" }).fill("321");
  await page.keyboard.press("Enter");
  await expect(recordHeading(page)).toHaveText("Record 321");
  await expect(page).toHaveURL(/record=/u);
  const top = await grid.evaluate((element) => element.scrollTop);
  expect(top).toBeGreaterThan(5000);
  await page.reload();
  await expect(recordHeading(page)).toHaveText("Record 321");
  await expect(page.getByRole("row", { selected: true })).toContainText("321");
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Runs");
  await page.goBack();
  await expect(recordHeading(page)).toHaveText("Record 321");
});

test("chosen records are exported, and deleted ones come back to the list by undo", async ({
  browser,
}) => {
  const datasetId = await importFile("chosen", sums(12));
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo(`/curation?dataset=${datasetId}`);
  const grid = page.getByRole("grid", { name: "Records" });
  await expect(recordHeading(page)).toHaveText("Record 1");
  await page.keyboard.press("x");
  await page.keyboard.press("x");
  await expect(page.getByText("2 records chosen")).toBeVisible();
  await page.keyboard.press("Control+e");
  const dialog = page.getByRole("dialog", { name: "Export chosen" });
  const out = join(files, "chosen-out.jsonl");
  await dialog.getByRole("textbox", { name: "File on the host's machine" }).fill(out);
  await dialog.getByRole("button", { name: "Export", exact: true }).click();
  await expect(dialog.getByRole("status")).toContainText("2 records");
  expect(readFileSync(out, "utf8").trim().split("\n")).toHaveLength(2);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await page.keyboard.press("Delete");
  await expect(grid).toHaveAttribute("aria-rowcount", "10");
  await page.keyboard.press("Control+z");
  await expect(grid).toHaveAttribute("aria-rowcount", "12");
  expect(complaints).toEqual([]);
});

for (const [width, height] of [
  [1100, 720],
  [1280, 800],
  [1920, 1080],
] as const) {
  test(`nothing of a review is cut off at ${String(width)}×${String(height)}`, async ({
    browser,
  }) => {
    const datasetId = await importFile(`size-${String(width)}`, sums(30));
    const { page, goTo } = await openWindow(browser, host, { width, height });
    await goTo(`/curation?dataset=${datasetId}`);
    await expect(recordHeading(page)).toHaveText("Record 1");
    await page.keyboard.press("a");
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    expect.soft(await cutOff(page), "reading").toEqual([]);
    await page.keyboard.press("e");
    await expect(page.getByRole("textbox", { name: "Reasoning" })).toBeFocused();
    expect.soft(await cutOff(page), "editing").toEqual([]);
    await page.keyboard.press("Escape");
    await goTo(`/dataset/${datasetId}`);
    await expect(page.getByRole("region", { name: "What it holds" })).toBeVisible();
    expect.soft(await cutOff(page), "dataset").toEqual([]);
    await goTo("/datasets/import");
    expect.soft(await cutOff(page), "import").toEqual([]);
  });
}

test("an edit shows its verdicts and its changes, is kept while typed, saved with a key, and restored", async ({
  browser,
}) => {
  const datasetId = await importFile("edits", sums(20));
  const { page, goTo } = await openWindow(browser, host);
  await goTo(`/curation?dataset=${datasetId}`);
  const record = page.getByRole("region", { name: "Record", exact: true });
  const verdicts = page.getByRole("region", { name: "Verdicts" });
  await expect(verdicts).toContainText("7 is right");
  await page.keyboard.press("e");
  const answer = record.getByRole("textbox", { name: "Answer" });
  await answer.focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("<answer>8</answer>");
  // At edit time, before anything is saved.
  await expect(verdicts).toContainText("on the text as typed");
  await expect(verdicts).toContainText("8 is not 7");
  await page.reload();
  await expect(record.getByText("is not saved")).toBeVisible();
  await record.getByRole("button", { name: "Go on with it" }).click();
  await expect(record.getByRole("textbox", { name: "Answer" })).toHaveText("<answer>8</answer>");
  await record.getByRole("textbox", { name: "Answer" }).focus();
  await page.keyboard.press("Control+Enter");
  await expect(record.getByText("edited", { exact: true })).toBeVisible();
  await expect(verdicts).toContainText("8 is not 7");
  await page.keyboard.press("d");
  await expect(record.locator("ins").filter({ hasText: "8" }).first()).toBeVisible();
  await expect(record.locator("del").filter({ hasText: "7" }).first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Revisions" })).toContainText("original");
  await page.keyboard.press("o");
  await expect(verdicts).toContainText("7 is right");
});

test("what is decided and typed while the host is gone is kept, shown as not saved, and sent when it is back", async ({
  browser,
}) => {
  const datasetId = await importFile("outages", sums(30));
  const { page, goTo } = await openWindow(browser, host);
  await goTo(`/curation?dataset=${datasetId}`);
  await expect(recordHeading(page)).toHaveText("Record 1");
  await expect(page.getByRole("row").filter({ hasText: "plus 7" }).nth(8)).toBeVisible();
  await host.kill();
  await page.keyboard.press("a");
  await page.keyboard.press("r");
  await expect(page.getByText("2 changes not saved yet")).toBeVisible();
  await expect(recordHeading(page)).toHaveText("Record 3");
  await page.keyboard.press("e");
  await page
    .getByRole("region", { name: "Record", exact: true })
    .getByRole("textbox", { name: "Reasoning" })
    .focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" Typed in the dark.");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("3 changes not saved yet")).toBeVisible();
  await host.restart();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(queues(page)).toContainText("accepted 1");
  await page.reload();
  await expect(queues(page)).toContainText("rejected 1");
  await goTo(`/curation?dataset=${datasetId}&queue=all&filter=is:edited`);
  await expect(page.getByRole("region", { name: "Record", exact: true })).toContainText(
    "Typed in the dark.",
  );
});

test("a text that was changed elsewhere meanwhile is refused, said where it is, and not lost", async ({
  browser,
}) => {
  const datasetId = await importFile("conflicts", sums(5));
  const { page, goTo } = await openWindow(browser, host);
  await goTo(`/curation?dataset=${datasetId}`);
  const record = page.getByRole("region", { name: "Record", exact: true });
  await expect(recordHeading(page)).toHaveText("Record 1");
  await page.keyboard.press("e");
  const answer = record.getByRole("textbox", { name: "Answer" });
  await answer.focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("<answer>mine</answer>");
  const client = await connectTo(host.url);
  const [id] = await client.call.datasets.records.ids({ datasetId, filter: [] });
  if (id === undefined) throw new Error("no record");
  const { messages } = await client.call.datasets.records.get({ recordId: id });
  await client.call.datasets.records.setText({
    recordId: id,
    fromRevision: 0,
    messages: messages.map((one) =>
      one.role === "assistant" ? { ...one, content: "<answer>theirs</answer>" } : one,
    ),
  });
  client.close();
  await page.keyboard.press("Control+Enter");
  await expect(record.getByRole("alert")).toContainText("The edited text was refused");
  await expect(page.getByText("1 change refused")).toBeVisible();
  await record.getByRole("button", { name: "Open the text as a draft" }).click();
  await expect(record.getByRole("textbox", { name: "Answer" })).toHaveText("<answer>mine</answer>");
  await record.getByRole("textbox", { name: "Answer" }).focus();
  await page.keyboard.press("Control+Enter");
  await expect(record.getByText("mine")).toBeVisible();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
});

test("a record is shown as it is trained on, with certain formulas set; many become what the dialog shows", async ({
  browser,
}) => {
  const [line] = readFileSync(
    new URL("../fixtures/datasets/texts.jsonl", import.meta.url),
    "utf8",
  ).split("\n");
  const row = JSON.stringify({
    messages: [
      { role: "user", content: "q" },
      {
        role: "assistant",
        content: String.raw`<think>so \(x^2\) is</think><answer>1</answer>`,
      },
    ],
  });
  const datasetId = await importFile("literal", `${line ?? ""}\n${row}\n${row}\n`);
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo(`/curation?dataset=${datasetId}`);
  const record = page.getByRole("region", { name: "Record", exact: true });
  await expect(record).toContainText("Betty has $5 and her uncle gives her $10. How much is that?");
  await expect(record).toContainText("5*2=10 and 3*4=12, so __init__ stays.");
  await expect(record).toContainText("1. first");
  await expect(record).toContainText("#### 15 ");
  await expect(record.locator(".katex")).toHaveCount(0);
  await page.keyboard.press("j");
  await expect(recordHeading(page)).toHaveText("Record 2");
  await expect(record).toContainText("<answer>1</answer>");
  await expect(record.locator(".katex")).toHaveCount(1);
  await page.keyboard.press("b");
  const dialog = page.getByRole("dialog", { name: "Change many records" });
  await dialog.getByRole("combobox", { name: "Change" }).selectOption("deduplicate");
  await dialog.getByRole("combobox", { name: "Duplicates" }).selectOption("exact");
  const others = dialog.getByRole("combobox", { name: "The others become" });
  await expect(others).toHaveValue("rejected");
  await others.selectOption("accepted");
  await expect(dialog.getByRole("status")).toContainText("1 record of 3 would change.");
  await expect(dialog.getByRole("list", { name: "Examples of the change" })).toContainText(
    "accepted",
  );
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  await expect(queues(page)).toContainText("accepted 1");
  expect(complaints).toEqual([]);
});

test("hostile records are shown as text: HTML, scripts, direction marks, terminal codes, a megabyte in one line", async ({
  browser,
}) => {
  const html = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
  const hostile = [
    {
      prompt: html,
      completion: `<think>${html}\n\n[link](javascript:window.pwned=1) ![p](http://127.0.0.1:1/x.png)</think>${html}`,
    },
    {
      prompt: "safe\u202Etxt.exe\u001B[31m",
      completion: "<think>$\\href{javascript:alert(1)}{x}$</think>\u0007bell",
    },
    {
      prompt: `long ${"x".repeat(1_000_000)}`,
      completion: `<think>${"y".repeat(1_000_000)}</think>1`,
    },
  ];
  const datasetId = await importFile(
    "hostile",
    `${hostile.map((one) => JSON.stringify(one)).join("\n")}\n`,
  );
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo(`/curation?dataset=${datasetId}`);
  const record = page.getByRole("region", { name: "Record", exact: true });
  await expect(record).toContainText("<script>window.pwned=1</script>");
  // Nothing is taken for Markdown: what is read is what is trained on.
  await expect(record).toContainText("[link](javascript:window.pwned=1)");
  await expect(record.locator("img, script, a[href^=javascript]")).toHaveCount(0);
  await page.keyboard.press("w");
  await expect(record).toContainText("![p](http://127.0.0.1:1/x.png)");
  await page.keyboard.press("w");
  await page.keyboard.press("j");
  await expect(record).toContainText("safe\u27E8U+202E\u27E9txt.exe\u241B[31m");
  await expect(record).toContainText("\u2407bell");
  await expect(record.locator("a[href]")).toHaveCount(0);
  await page.keyboard.press("j");
  await expect(record.getByRole("button", { name: "Show more" }).first()).toBeVisible();
  expect((await record.textContent())?.length).toBeLessThan(100_000);
  await page.keyboard.press("d");
  await expect(record).toContainText("unchanged");
  expect(await page.evaluate("window.pwned")).toBeUndefined();
  expect(complaints).toEqual([]);
});

for (const colorScheme of ["dark", "light"] as const) {
  test(`reading, editing and changing many are free of accessibility faults in ${colorScheme}`, async ({
    browser,
  }) => {
    const datasetId = await importFile(`axe-${colorScheme}`, sums(30));
    const { page, complaints, goTo } = await openWindow(browser, host, { colorScheme });
    const faults = (): Promise<readonly string[]> => accessibilityFaults(page, colorScheme);
    await goTo(`/curation?dataset=${datasetId}`);
    await expect(recordHeading(page)).toHaveText("Record 1");
    await page.keyboard.press("a");
    await page.keyboard.press("x");
    expect.soft(await faults(), "reading").toEqual([]);
    await page.keyboard.press("d");
    await page.getByRole("button", { name: "More" }).click();
    expect.soft(await faults(), "changes and filters").toEqual([]);
    await page.keyboard.press("e");
    await expect(page.getByRole("textbox", { name: "Reasoning" })).toBeFocused();
    expect.soft(await faults(), "editing").toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("b");
    await expect(page.getByRole("dialog").getByRole("status")).toBeVisible();
    expect.soft(await faults(), "changing many").toEqual([]);
    expect(complaints).toEqual([]);
  });
}

test("what a record carries is changed by keyboard, found by it, changed in many, and undone", async ({
  browser,
}) => {
  const rows = ["web", "book", "web"].map((source, i) =>
    JSON.stringify({
      prompt: `What is ${String(i)} plus 1?`,
      completion: `<think>\nI add.\n</think>\n<answer>${String(i + 1)}</answer>`,
      answer: String(i + 1),
      source,
    }),
  );
  const datasetId = await importFile("carried", `${rows.join("\n")}\n`);
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo(`/curation?dataset=${datasetId}`);
  const verdicts = page.getByRole("region", { name: "Verdicts" });
  const origin = page.getByRole("region", { name: "Where it came from" });
  await expect(verdicts).toContainText("1 is right");
  await page.keyboard.press("m");
  const details = page.getByRole("dialog", { name: "What record 1 carries" });
  await expect(details.getByRole("textbox", { name: "Right answer" })).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("2");
  await page.keyboard.press("Tab");
  await page.keyboard.type("checked, hard");
  await details.getByRole("button", { name: "Add metadata" }).click();
  await details.getByRole("combobox", { name: "Name of metadata" }).last().fill("topic");
  await details.getByRole("textbox", { name: "Value of topic" }).fill("sums");
  expect.soft(await accessibilityFaults(page, "dark"), "details").toEqual([]);
  await page.keyboard.press("Enter");
  await expect(details).toHaveCount(0);
  await expect(verdicts).toContainText("1 is not 2");
  await expect(origin).toContainText("topicsums");
  await page.keyboard.press("/");
  await page.keyboard.type("source:web -meta.topic:sums");
  await page.keyboard.press("Enter");
  await expect(recordHeading(page)).toHaveText("Record 3");
  await page.getByRole("button", { name: "More" }).click();
  await expect(page.getByRole("combobox", { name: "Source" })).toHaveValue("web");
  await page.keyboard.press("/");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.keyboard.press("Enter");
  await page.getByRole("combobox", { name: "Metadata" }).selectOption("topic");
  await expect(page.getByRole("textbox", { name: "Filter records" })).toHaveValue('meta.topic:"*"');
  await expect(page.getByRole("grid", { name: "Records" })).toHaveAttribute("aria-rowcount", "1");
  await page.getByRole("combobox", { name: "Metadata" }).selectOption("");
  await page.keyboard.press("Escape");
  await page.getByRole("group", { name: "The record" }).focus();
  await page.keyboard.press("b");
  const dialog = page.getByRole("dialog", { name: "Change many records" });
  await dialog.getByRole("combobox", { name: "Change" }).selectOption("metadata");
  await dialog.getByRole("combobox", { name: "Name" }).fill("topic");
  await dialog
    .getByRole("textbox", { name: "Value" })
    .or(dialog.getByRole("combobox", { name: "Value" }))
    .fill("adding");
  await expect(dialog.getByRole("status")).toContainText("3 records of 3 would change.");
  await expect(dialog.getByRole("list", { name: "Examples of the change" })).toContainText(
    "adding",
  );
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  await expect(origin).toContainText("topicadding");
  await page.keyboard.press("Control+z");
  await expect(origin).toContainText("topicsums");
  await page.keyboard.press("Control+z");
  await expect(verdicts).toContainText("1 is right");
  expect(complaints).toEqual([]);
});

test("a record is added by hand: what is typed outlives the dialog and a reload, undo takes it back", async ({
  browser,
}) => {
  const client = await connectTo(host.url);
  const { id: datasetId } = await client.call.datasets.create({ name: "by hand" });
  client.close();
  const { page, complaints, goTo } = await openWindow(browser, host);
  await goTo(`/dataset/${datasetId}`);
  await expect(page.getByText("None published yet.")).toBeVisible();
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "Add a record" });
  await expect(dialog.getByRole("textbox", { name: "Prompt" })).toBeFocused();
  await page.keyboard.press("Control+Enter");
  await expect(dialog.getByRole("alert")).toContainText("begins with a prompt");
  await page.keyboard.type("What is 2 plus 3?");
  await page.reload();
  await expect(page.getByText("None published yet.")).toBeVisible();
  await page.keyboard.press("c");
  await expect(dialog.getByRole("textbox", { name: "Prompt" })).toHaveValue("What is 2 plus 3?");
  await dialog.getByRole("textbox", { name: "Reasoning" }).fill("Two and three make five.");
  await dialog.getByRole("textbox", { name: "Answer", exact: true }).fill("<answer>5</answer>");
  await dialog.getByRole("textbox", { name: "Right answer" }).fill("5");
  await dialog.getByRole("textbox", { name: "Tags, separated" }).fill("mine");
  expect.soft(await accessibilityFaults(page, "dark"), "adding").toEqual([]);
  await page.keyboard.press("Control+Enter");
  await expect(recordHeading(page)).toHaveText("Record 1");
  await expect(page.getByRole("region", { name: "Verdicts" })).toContainText("5 is right");
  await expect(page.getByRole("region", { name: "Where it came from" })).toContainText(
    "added by hand",
  );
  expect(complaints).toEqual([]);
  await host.kill();
  await host.restart();
  await page.reload();
  await expect(recordHeading(page)).toHaveText("Record 1");
  await page.keyboard.press("Control+z");
  await expect(page.getByText("Nothing is left to decide here.")).toBeVisible();
  await page.keyboard.press("Control+Shift+z");
  await expect(recordHeading(page)).toHaveText("Record 1");
});
