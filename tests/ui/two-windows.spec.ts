/** Two windows edit one recipe, or one record, at the same moment: nothing is overwritten unasked. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { Browser, Locator, Page } from "@playwright/test";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { connectTo, importDataset } from "../helpers/host-client.ts";
import { seededHost } from "./file-host.ts";
import { beginRecipe, recipeSaved } from "./recipe-page.ts";
import { openWindow } from "./window-page.ts";
import type { OpenedWindow } from "./window-page.ts";

const host = seededHost();
const files = mkdtempSync(join(tmpdir(), "gradus-two-windows-"));

test.afterAll(() => {
  rmSync(files, { recursive: true, force: true });
});

/** The way from a window to the host, which can be held: what is said meanwhile arrives when it is let go. */
interface Line {
  hold(): void;
  release(): void;
  /** Messages that are held. */
  held(): number;
}

async function lineOf(page: Page): Promise<Line> {
  const waiting: (() => void)[] = [];
  let held = false;
  await page.routeWebSocket(/.*/u, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      if (held) waiting.push(() => server.send(message));
      else server.send(message);
    });
  });
  await page.reload();
  return {
    hold: () => {
      held = true;
    },
    release: () => {
      held = false;
      for (const send of waiting.splice(0)) send();
    },
    held: () => waiting.length,
  };
}

/** One recipe in two windows: the first has typed 11 and the second 22, which was saved before the first's word came through. */
async function recipeInConflict(browser: Browser): Promise<{ first: Page; second: Page }> {
  const { page: first, goTo } = await openWindow(browser, host);
  const line = await lineOf(first);
  await goTo("/recipes");
  const address = await beginRecipe(first, "Tiny SFT");
  await goTo(`${address}?step=preset`);
  const other = await openWindow(browser, host);
  await other.goTo(`${address}?step=preset`);
  line.hold();
  await first.getByRole("textbox", { name: "seed" }).fill("11");
  await first.keyboard.press("Enter");
  await expect.poll(line.held).toBeGreaterThan(0);
  await other.page.getByRole("textbox", { name: "seed" }).fill("22");
  await other.page.keyboard.press("Enter");
  await recipeSaved(other.page);
  line.release();
  await expect(first.getByRole("alert")).toContainText("changed in another window");
  await expect(first.getByRole("textbox", { name: "seed" })).toHaveValue("11");
  return { first, second: other.page };
}

test("“Take the other” shows what the other window has saved", async ({ browser }) => {
  const { first, second } = await recipeInConflict(browser);
  await first.getByRole("button", { name: "Take the other" }).click();
  await expect(first.getByRole("textbox", { name: "seed" })).toHaveValue("22");
  await expect(first.getByRole("alert")).toHaveCount(0);
  await expect(second.getByRole("textbox", { name: "seed" })).toHaveValue("22");
});

test("“Keep this one” saves what was typed here, and the other window follows", async ({
  browser,
}) => {
  const { first, second } = await recipeInConflict(browser);
  await first.getByRole("button", { name: "Keep this one" }).click();
  await recipeSaved(first);
  await expect(first.getByRole("alert")).toHaveCount(0);
  await expect(second.getByRole("textbox", { name: "seed" })).toHaveValue("11");
  await first.reload();
  await expect(first.getByRole("textbox", { name: "seed" })).toHaveValue("11");
});

async function newDataset(name: string): Promise<DatasetId> {
  const path = join(files, `${name}.jsonl`);
  const lines = [1, 2, 3].map((n) =>
    JSON.stringify({
      prompt: `What is ${String(n)} plus 7?`,
      completion: `<think>I add.</think>\n<answer>${String(n + 7)}</answer>`,
      answer: String(n + 7),
    }),
  );
  writeFileSync(path, `${lines.join("\n")}\n`);
  const client = await connectTo(host.url);
  const { datasetId } = await importDataset(client, name, path);
  client.close();
  return datasetId;
}

const recordOf = (page: Page): Locator => page.getByRole("region", { name: "Record", exact: true });
const savedIn = (page: Page): Locator => page.getByText("Saved", { exact: true });

/** The record's answer is open, with this typed. */
async function typeAnswer(page: Page, text: string): Promise<void> {
  await expect(recordOf(page).getByRole("heading", { level: 2 })).toHaveText("Record 1");
  await page.keyboard.press("e");
  await recordOf(page).getByRole("textbox", { name: "Answer" }).focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
}

/** One record in two windows, of two browsers or of one: both are edited, and the second's text was saved before the first's came through. */
async function recordInConflict(
  browser: Browser,
  name: string,
  sameBrowser: boolean,
): Promise<{ first: Page; second: Page; line: Line }> {
  const datasetId = await newDataset(name);
  const address = `/curation?dataset=${datasetId}`;
  const opened = await openWindow(browser, host);
  const first = opened.page;
  const line = await lineOf(first);
  await opened.goTo(address);
  const second = sameBrowser ? await anotherOf(first, address) : (await at(browser, address)).page;
  await typeAnswer(first, "<answer>first</answer>");
  await typeAnswer(second, "<answer>second</answer>");
  // It is kept as a draft by now.
  await expect
    .poll(() => second.evaluate(() => JSON.stringify(window.localStorage)))
    .toContain("<answer>second</answer>");
  line.hold();
  await first.keyboard.press("ControlOrMeta+Enter");
  await expect.poll(line.held).toBeGreaterThan(0);
  return { first, second, line };
}

async function at(browser: Browser, address: string): Promise<OpenedWindow> {
  const opened = await openWindow(browser, host);
  await opened.goTo(address);
  return opened;
}

/** A second window of the same browser, which shares what the browser keeps. */
async function anotherOf(first: Page, address: string): Promise<Page> {
  const page = await first.context().newPage();
  await page.goto(host.url);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.evaluate((fragment) => {
    window.location.hash = fragment;
  }, `#${address}`);
  return page;
}

/** The second saves; then the first's word comes through, and is refused. */
async function secondSavesFirst({
  first,
  second,
  line,
}: {
  readonly first: Page;
  readonly second: Page;
  readonly line: Line;
}): Promise<void> {
  await second.keyboard.press("ControlOrMeta+Enter");
  await expect(savedIn(second)).toBeVisible();
  await expect(recordOf(second)).toContainText("second");
  line.release();
  await expect(recordOf(first).getByRole("alert")).toContainText("The edited text was refused");
  // Not overwritten.
  await expect(recordOf(second)).toContainText("second");
}

test("a record's text that another window has changed is refused; opened as a draft and saved again it stands in both", async ({
  browser,
}) => {
  const windows = await recordInConflict(browser, "kept", false);
  const { first, second } = windows;
  await secondSavesFirst(windows);
  await recordOf(first).getByRole("button", { name: "Open the text as a draft" }).click();
  await expect(recordOf(first).getByRole("textbox", { name: "Answer" })).toHaveText(
    "<answer>first</answer>",
  );
  await recordOf(first).getByRole("textbox", { name: "Answer" }).focus();
  await first.keyboard.press("ControlOrMeta+Enter");
  await expect(savedIn(first)).toBeVisible();
  await expect(recordOf(second)).toContainText("first");
  // Both texts are revisions, and undo gives the other one back in both.
  await first.keyboard.press("ControlOrMeta+z");
  await expect(recordOf(first)).toContainText("second");
  await expect(recordOf(second)).toContainText("second");
});

test("given up, the refused text goes and the other's is shown", async ({ browser }) => {
  const windows = await recordInConflict(browser, "given-up", false);
  const { first, second } = windows;
  await secondSavesFirst(windows);
  await recordOf(first).getByRole("button", { name: "Give the change up" }).click();
  await expect(recordOf(first)).toContainText("second");
  await expect(recordOf(first).getByRole("alert")).toHaveCount(0);
  await first.reload();
  await expect(recordOf(first)).toContainText("second");
  await expect(recordOf(second)).toContainText("second");
});

test("a tag of one window and a text of the other, at the same moment, both stay", async ({
  browser,
}) => {
  const datasetId = await newDataset("together");
  const address = `/curation?dataset=${datasetId}&queue=all`;
  const first = await at(browser, address);
  const second = await at(browser, address);
  const line = await lineOf(first.page);
  await typeAnswer(first.page, "<answer>first</answer>");
  line.hold();
  await first.page.keyboard.press("ControlOrMeta+Enter");
  await expect.poll(line.held).toBeGreaterThan(0);
  await expect(recordOf(second.page).getByRole("heading", { level: 2 })).toHaveText("Record 1");
  await recordOf(second.page)
    .getByRole("textbox", { name: /^Add a tag/u })
    .fill("odd");
  await second.page.keyboard.press("Enter");
  await expect(savedIn(second.page)).toBeVisible();
  line.release();
  await expect(savedIn(first.page)).toBeVisible();
  for (const { page } of [first, second]) {
    await expect(recordOf(page)).toContainText("first");
    await expect(recordOf(page).getByRole("button", { name: "odd" })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
  }
});

test("two windows of one browser: the draft of the one outlives the other's save, and a reload", async ({
  browser,
}) => {
  const { first, second, line } = await recordInConflict(browser, "one-browser", true);
  // The first has saved what it typed; the second still types on the older text.
  line.release();
  await expect(savedIn(first)).toBeVisible();
  await expect(recordOf(second)).toContainText("The record has changed since this draft was begun");
  await second.reload();
  await recordOf(second).getByRole("button", { name: "Go on with it" }).click();
  await expect(recordOf(second).getByRole("textbox", { name: "Answer" })).toHaveText(
    "<answer>second</answer>",
  );
});
